#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// A file with a text, for tests; it goes with the object.
class TempYamlFile {
 public:
  explicit TempYamlFile(absl::string_view text);
  ~TempYamlFile();
  TempYamlFile(TempYamlFile const&) = delete;
  TempYamlFile& operator=(TempYamlFile const&) = delete;

  std::string const& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace probefarm
