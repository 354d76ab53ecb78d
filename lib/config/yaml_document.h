#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/config/config_errors.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// What the mappings of one file share while it is read: the errors, how many values were visited,
// and which keys were asked for.
class YamlDocument {
 public:
  explicit YamlDocument(std::string file);

  absl::Status Read(YamlMapping::Reader const& read);
  void ReadMapping(YAML::Node const& node, std::string const& path, int line,
                   YamlMapping::Reader const& read);

  ConfigErrors& errors() { return errors_; }
  // False, after one error, when the file has more values than are visited: aliases of aliases can
  // make a small file endless.
  bool CountValue(int line);
  void NoteAsked(std::string const& path, bool present);
  std::vector<std::string> AbsentKeys() const;

 private:
  void ReadText(std::string const& text, YamlMapping::Reader const& read);

  std::string file_;
  ConfigErrors errors_;
  int values_ = 0;
  std::map<std::string, bool> asked_;  // by path less its indexes: whether it stands anywhere
};

// Of the node in the file, from 1.
int LineOf(YAML::Node const& node);

}  // namespace probefarm
