#include "coordinator/releases/directory/asset_digests.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

class AssetDigestsTest : public testing::Test {
 protected:
  void Write(std::string const& content) const { folder_.Write("asset", content); }

  TemporaryFolder folder_;
  std::string const path_ = folder_ / "asset";
  FakeClock clock_{absl::Now() + absl::Minutes(1)};
  AssetDigests digests_{&clock_};
};

TEST_F(AssetDigestsTest, ReadsAnUnchangedFileOnce) {
  Write("one");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(digests_.Of(path_)->sha256, Sha256Hex("one"));
  EXPECT_EQ(digests_.files_read(), 1);
}

TEST_F(AssetDigestsTest, SeesAChangeWithinOneTickOfTheClock) {
  clock_.Advance(-absl::Minutes(1));
  Write("one");
  ASSERT_OK(digests_.Of(path_));
  auto const time = std::filesystem::last_write_time(path_);
  Write("two");
  std::filesystem::last_write_time(path_, time);
  ASSERT_OK_AND_ASSIGN(FileDigest const digest, digests_.Of(path_));
  EXPECT_EQ(digest.sha256, Sha256Hex("two"));
  EXPECT_EQ(digest.size, 3);
}

TEST_F(AssetDigestsTest, KnowsNoFileThatIsGone) {
  Write("one");
  ASSERT_OK(digests_.Of(path_));
  std::filesystem::remove(path_);
  EXPECT_THAT(digests_.Of(path_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(AssetDigestsTest, TakesNoFolderForAFile) {
  EXPECT_THAT(digests_.Of(folder_.path()), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace probefarm
