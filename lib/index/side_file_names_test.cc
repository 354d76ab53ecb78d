#include "lib/index/side_file_names.h"

#include <gtest/gtest.h>

#include "lib/driver/log_bundle_name.h"

namespace probefarm {
namespace {

TEST(SideFileNames, KnowsEachAndItsNextOne) {
  EXPECT_TRUE(IsSideFileName("SHA256SUMS"));
  EXPECT_TRUE(IsSideFileName("SHA256SUMS.sig"));
  EXPECT_TRUE(IsSideFileName("index.json"));
  EXPECT_TRUE(IsSideFileName("provenance.jsonl"));
  EXPECT_TRUE(IsSideFileName("index.json.next"));
  EXPECT_TRUE(IsSideFileName("NOTES.md"));
}

TEST(SideFileNames, KnowsBundlesOfLogsByTheirNumber) {
  for (int const number : {1, 17, 9'999, 12'345}) {
    EXPECT_EQ(LogBundleNumber(LogBundleName(number)), number);
    EXPECT_TRUE(IsSideFileName(LogBundleName(number)));
  }
  EXPECT_EQ(LogBundleName(1), "logs-0001.tar.zst");
  for (char const* name :
       {"logs-1.tar.zst", "logs-0000.tar.zst", "logs-00001.tar.zst", "logs--001.tar.zst",
        "logs-+001.tar.zst", "logs-0001.tar.zst.next", "logs-.tar.zst", "logs-0001.tar",
        "logs-0001", "logs-99999999999.tar.zst", "xlogs-0001.tar.zst", ""}) {
    EXPECT_EQ(LogBundleNumber(name), 0) << name;
    EXPECT_FALSE(IsSideFileName(name)) << name;
  }
}

TEST(SideFileNames, LeavesAllOtherNamesToAssets) {
  EXPECT_FALSE(IsSideFileName("falco_debian_6.1.0-1-amd64_1.o"));
  EXPECT_FALSE(IsSideFileName("sha256sums"));
  EXPECT_FALSE(IsSideFileName(".next"));
  EXPECT_FALSE(IsSideFileName(""));
}

}  // namespace
}  // namespace probefarm
