#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/index/sha256sums.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

class Sha256SumsTool : public testing::Test {
 protected:
  Sha256SumsTool() { std::filesystem::create_directories(folder_); }
  ~Sha256SumsTool() override { std::filesystem::remove_all(folder_); }

  void Write(std::string const& name, std::string const& content) const {
    std::ofstream(absl::StrCat(folder_, "/", name)) << content;
  }
  bool Accepts() const {
    std::string const command =
        absl::StrCat("cd '", folder_, "' && sha256sum --strict -c SHA256SUMS >/dev/null 2>&1");
    return std::system(command.c_str()) == 0;  // NOLINT(concurrency-mt-unsafe)
  }

  std::string const folder_ = testing::TempDir() + "sha256sums_tool_test";
};

TEST_F(Sha256SumsTool, AcceptsWhatIsRenderedAndNothingThatWasChanged) {
  Write("falco_debian_6.1.0-1-amd64_1.o", "probe");
  Write("*odd name+1", "module");
  ASSERT_OK_AND_ASSIGN(std::string const sums,
                       RenderSha256Sums({{"falco_debian_6.1.0-1-amd64_1.o", Sha256Hex("probe")},
                                         {"*odd name+1", Sha256Hex("module")}}));
  Write("SHA256SUMS", sums);
  EXPECT_TRUE(Accepts());
  Write("*odd name+1", "changed");
  EXPECT_FALSE(Accepts());
}

}  // namespace
}  // namespace probefarm
