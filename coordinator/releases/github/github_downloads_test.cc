#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_fixture.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kTag[] = "8.0.0+driver/x86_64";

class GitHubDownloadsTest : public testing::Test {
 protected:
  GitHubDownloadsTest() {
    FakeRelease release;
    release.tag = kTag;
    farm_.github->PutRelease("o/one", release);
  }
  void Put(std::string const& name, std::string const& bytes, std::string const& digest = "") {
    FakeAsset asset;
    asset.name = name;
    asset.digest = digest;
    asset.bytes = std::make_shared<std::string const>(bytes);
    ASSERT_NE(farm_.github->PutAsset("o/one", kTag, asset), 0);
  }
  absl::StatusOr<std::string> Read(std::string const& name) {
    return farm_.host->ReadSideFile({"o/one", kTag}, name);
  }

  GitHubFixture farm_;
};

TEST_F(GitHubDownloadsTest, ADigestThatGitHubDoesNotKnowIsComputedWithoutTokenAndLimits) {
  Put("old.o", std::string(300'000, 'x'), "null");
  ASSERT_OK_AND_ASSIGN(std::vector<HostedAsset> const assets, farm_.host->ListAssets());
  ASSERT_THAT(assets, SizeIs(1));
  EXPECT_THAT(assets[0].sha256, IsEmpty());
  farm_.github->ResetCounters();
  EXPECT_EQ(farm_.host->DigestOf(assets[0]).value_or("none"), Sha256Hex(std::string(300'000, 'x')));
  EXPECT_EQ(farm_.github->counters().points, 0);
  EXPECT_EQ(farm_.github->counters().leaked_tokens, 0);
}

TEST_F(GitHubDownloadsTest, AnAssetThatIsGoneHasNoDigest) {
  HostedAsset asset{.repository = "o/one",
                    .tag = kTag,
                    .asset_name = "gone.o",
                    .url = absl::StrCat(farm_.github->web_url(), "/o/one/releases/download/x/y"),
                    .size = 1};
  EXPECT_THAT(farm_.host->DigestOf(asset), StatusIs(absl::StatusCode::kNotFound));
}

// Between the deletion of the old and the renaming of the new.
TEST_F(GitHubDownloadsTest, AHalfReplacedSideFileIsReadUnderTheNextName) {
  Put("index.json.next", "new");
  EXPECT_EQ(Read("index.json").value_or("none"), "new");
  EXPECT_EQ(farm_.github->counters().leaked_tokens, 0);
}

TEST_F(GitHubDownloadsTest, ASideFileThatIsNotWhatIsListedIsReadLater) {
  Put("index.json", "bytes", absl::StrCat("sha256:", Sha256Hex("other")));
  EXPECT_THAT(Read("index.json"), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace probefarm
