#include "lib/config/temp_yaml_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace probefarm {

TempYamlFile::TempYamlFile(absl::string_view text) : path_(testing::TempDir() + "/XXXXXX.yaml") {
  int const fd = mkstemps(path_.data(), 5);
  EXPECT_GE(fd, 0) << path_;
  close(fd);
  std::ofstream(path_) << text;
}

TempYamlFile::~TempYamlFile() { unlink(path_.c_str()); }

}  // namespace probefarm
