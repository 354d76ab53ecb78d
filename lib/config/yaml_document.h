#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/config/config_errors.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// What the mappings of one file share while it is read: the errors, how many values were visited,
// and which keys were asked for. The inside of yaml_reader.h; a caller uses that. Outlives the
// mappings that it makes. Not thread-safe.
class YamlDocument {
 public:
  explicit YamlDocument(std::string file);

  // What ReadYamlFile() does. Once.
  absl::Status Read(YamlMapping::Reader const& read);
  // Calls `read` with a mapping of the node, then reports the keys that it has not asked for.
  // `path` is the mapping's own ("" at the top), `line` the one that errors about absent keys get.
  void ReadMapping(YAML::Node const& node, std::string const& path, int line,
                   YamlMapping::Reader const& read);

  ConfigErrors& errors() { return errors_; }
  // False, after one error, when the file has more values than are visited: aliases of aliases can
  // make a small file endless.
  bool CountValue(int line);
  // Of each question for a key, at its whole path.
  void NoteAsked(std::string const& path, bool present);
  // The keys that were asked for and present nowhere, sorted, without the indexes of lists:
  // "drivers[].kinds".
  std::vector<std::string> AbsentKeys() const;

 private:
  void ReadText(std::string const& text, YamlMapping::Reader const& read);

  std::string file_;
  ConfigErrors errors_;
  int values_ = 0;
  std::map<std::string, bool> asked_;  // by path less its indexes: whether it stands anywhere
};

// Of the node in the file, from 1; 1 for a node that no file holds.
int LineOf(YAML::Node const& node);

}  // namespace probefarm
