#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/index/sha256sums.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

class Sha256SumsTool : public testing::Test {
 protected:
  bool Accepts() const {
    std::string const command = absl::StrCat(
        "cd '", folder_.path(), "' && sha256sum --strict -c SHA256SUMS >/dev/null 2>&1");
    return std::system(command.c_str()) == 0;  // NOLINT(concurrency-mt-unsafe)
  }

  TemporaryFolder folder_;
};

TEST_F(Sha256SumsTool, AcceptsWhatIsRenderedAndNothingThatWasChanged) {
  folder_.Write("falco_debian_6.1.0-1-amd64_1.o", "probe");
  folder_.Write("*odd name+1", "module");
  ASSERT_OK_AND_ASSIGN(std::string const sums,
                       RenderSha256Sums({{"falco_debian_6.1.0-1-amd64_1.o", Sha256Hex("probe")},
                                         {"*odd name+1", Sha256Hex("module")}}));
  folder_.Write("SHA256SUMS", sums);
  EXPECT_TRUE(Accepts());
  folder_.Write("*odd name+1", "changed");
  EXPECT_FALSE(Accepts());
}

}  // namespace
}  // namespace probefarm
