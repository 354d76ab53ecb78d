#include "lib/index/side_file_names.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

TEST(SideFileNames, KnowsEachAndItsNextOne) {
  EXPECT_TRUE(IsSideFileName("SHA256SUMS"));
  EXPECT_TRUE(IsSideFileName("SHA256SUMS.sig"));
  EXPECT_TRUE(IsSideFileName("index.json"));
  EXPECT_TRUE(IsSideFileName("provenance.jsonl"));
  EXPECT_TRUE(IsSideFileName("index.json.next"));
}

TEST(SideFileNames, LeavesAllOtherNamesToAssets) {
  EXPECT_FALSE(IsSideFileName("falco_debian_6.1.0-1-amd64_1.o"));
  EXPECT_FALSE(IsSideFileName("sha256sums"));
  EXPECT_FALSE(IsSideFileName(".next"));
  EXPECT_FALSE(IsSideFileName(""));
}

}  // namespace
}  // namespace probefarm
