#include "coordinator/releases/github/github_downloads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_host_fixture.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class GitHubDownloadsTest : public GitHubHostFixture {
 protected:
  GitHubDownloadsTest() { FillRelease("o/one", 0); }
  void PutWithDigest(std::string const& name, std::string const& bytes, std::string const& digest) {
    FakeAsset asset = Asset(name, bytes);
    asset.digest = digest;
    ASSERT_NE(Put(std::move(asset)), 0);
  }
  absl::StatusOr<std::string> Read(std::string const& name) {
    return host().ReadSideFile({"o/one", kTag}, name);
  }
};

TEST_F(GitHubDownloadsTest, ADigestThatGitHubDoesNotKnowIsComputedWithoutTokenAndLimits) {
  PutWithDigest("old.o", std::string(300'000, 'x'), "null");
  ASSERT_OK_AND_ASSIGN(std::vector<HostedAsset> const assets, host().ListAssets());
  ASSERT_THAT(assets, SizeIs(1));
  EXPECT_THAT(assets[0].sha256, IsEmpty());
  farm_.github->ResetCounters();
  EXPECT_EQ(host().DigestOf(assets[0]).value_or("none"), Sha256Hex(std::string(300'000, 'x')));
  EXPECT_EQ(farm_.github->counters().points, 0);
  EXPECT_EQ(farm_.github->counters().leaked_tokens, 0);
}

TEST_F(GitHubDownloadsTest, AnAssetThatIsGoneHasNoDigest) {
  HostedAsset asset{.repository = "o/one",
                    .tag = kTag,
                    .asset_name = "gone.o",
                    .url = absl::StrCat(farm_.github->web_url(), "/o/one/releases/download/x/y"),
                    .size = 1};
  EXPECT_THAT(host().DigestOf(asset), StatusIs(absl::StatusCode::kNotFound));
}

// Between the deletion of the old and the renaming of the new.
TEST_F(GitHubDownloadsTest, AHalfReplacedSideFileIsReadUnderTheNextName) {
  Put(Asset("index.json.next", "new"));
  EXPECT_EQ(Read("index.json").value_or("none"), "new");
  EXPECT_EQ(farm_.github->counters().leaked_tokens, 0);
}

TEST_F(GitHubDownloadsTest, ASideFileThatIsNotWhatIsListedIsReadLater) {
  PutWithDigest("index.json", "bytes", absl::StrCat("sha256:", Sha256Hex("other")));
  EXPECT_THAT(Read("index.json"), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(GitHubDownloadsTest, ASideFileOfATagThatIsNoneIsRefused) {
  EXPECT_THAT(host().ReadSideFile({"o/one", "../x"}, "index.json"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(farm_.github->counters().calls, IsEmpty());
}

}  // namespace
}  // namespace probefarm
