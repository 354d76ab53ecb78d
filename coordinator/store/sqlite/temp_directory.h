#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace probefarm {

// A directory for one test's files, gone with it.
class TempDirectory {
 public:
  TempDirectory() : path_(testing::TempDir() + "/store-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "cannot make " << path_;
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(TempDirectory const&) = delete;
  TempDirectory& operator=(TempDirectory const&) = delete;

  std::string const& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace probefarm
