#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "lib/files/temporary_folder.h"

namespace probefarm {

// A file with a text, in a folder of its own; both go with the object.
class TempYamlFile {
 public:
  explicit TempYamlFile(absl::string_view text) : path_(folder_.Write("test.yaml", text)) {}

  std::string const& path() const { return path_; }

 private:
  TemporaryFolder const folder_;
  std::string const path_;
};

}  // namespace probefarm
