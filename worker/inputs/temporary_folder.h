#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// A folder of one test's own, removed with all in it. Throws std::system_error when it cannot be
// made: there is no test then.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;

  std::string const& path() const { return path_; }
  std::string operator/(absl::string_view name) const;
  // Writes a file, and the folders above it, and returns its path.
  std::string Write(absl::string_view name, absl::string_view content) const;

 private:
  std::string path_;
};

// The content of a file; empty when it is not there.
std::string ReadWholeFile(std::string const& path);

}  // namespace probefarm
