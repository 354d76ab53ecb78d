#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// A folder of one test's own, below testing::TempDir() under a name that nothing else has, so that
// tests run beside one another and beside themselves. Removed with all in it. Throws
// std::system_error when it cannot be made: there is no test then.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;

  // Absolute when testing::TempDir() is; no slash at its end.
  std::string const& path() const { return path_; }
  // The path of what is, or will be, in it.
  std::string operator/(absl::string_view name) const;
  // Writes a file, and the folders above it, and returns its path.
  std::string Write(absl::string_view name, absl::string_view content) const;

 private:
  std::string path_;
};

// The content of a file; empty when it is not there.
std::string ReadWholeFile(std::string const& path);

}  // namespace probefarm
