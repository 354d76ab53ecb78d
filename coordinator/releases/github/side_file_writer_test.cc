#include "coordinator/releases/github/side_file_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_host_fixture.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using SideFileWriterTest = GitHubHostFixture;

TEST_F(SideFileWriterTest, ASideFileThatSaysNothingIsNotThere) {
  ReleaseKey const release{"o/one", kTag};
  ASSERT_OK(host().WriteSideFile(release, "provenance.jsonl", "one"));
  EXPECT_OK(host().WriteSideFile(release, "provenance.jsonl", ""));
  EXPECT_THAT(AssetsOf("o/one"), IsEmpty());
}

TEST_F(SideFileWriterTest, ASideFileWithoutADigestIsReplacedOnce) {
  ReleaseKey const release{"o/one", kTag};
  Plant("null-digest kind=upload times=0");
  ASSERT_OK(host().WriteSideFile(release, "SHA256SUMS", "one"));
  ASSERT_OK(host().WriteSideFile(release, "SHA256SUMS", "two"));
  farm_.github->ResetCounters();
  ASSERT_OK(host().WriteSideFile(release, "SHA256SUMS", "two"));
  EXPECT_FALSE(farm_.github->counters().calls.contains("upload"));
  EXPECT_EQ(farm_.Download("o/one", kTag, "SHA256SUMS").value(), "two");
}

TEST_F(SideFileWriterTest, ANewVersionOfASideFileThatNobodyPutsInPlaceGoesAfterItsGrace) {
  ASSERT_OK(host().WriteSideFile({"o/one", kTag}, "SHA256SUMS", "one"));
  FakeAsset next = Asset("SHA256SUMS.next", "two", farm_.clock.Now());
  Put(next);
  ASSERT_OK(host().ListAssets());
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(2)) << "somebody may be about to put it there";
  farm_.clock.Advance(absl::Minutes(10));
  ASSERT_OK(host().ListAssets());
  ASSERT_THAT(AssetsOf("o/one"), SizeIs(1));
  EXPECT_EQ(farm_.Download("o/one", kTag, "SHA256SUMS").value(), "one");
}

// The host knows X and X.next; meanwhile X.next has become X.
TEST_F(SideFileWriterTest, ANewVersionThatIsInPlaceByNowIsNotDeleted) {
  ASSERT_OK(host().WriteSideFile({"o/one", kTag}, "SHA256SUMS", "one"));
  FakeAsset next = Asset("SHA256SUMS.next", "two", farm_.clock.Now());
  next.id = Put(next);
  ASSERT_OK(host().ListAssets());
  farm_.github->RemoveAsset("o/one", AssetsOf("o/one")[0].id);
  next.name = "SHA256SUMS";
  Put(next);
  Plant("502 kind=upload times=0");
  EXPECT_FALSE(host().WriteSideFile({"o/one", kTag}, "SHA256SUMS", "three").ok());
  EXPECT_EQ(farm_.Download("o/one", kTag, "SHA256SUMS").value(), "two");
}

TEST_F(SideFileWriterTest, TheOnlyCopyOfASideFileStays) {
  FillRelease("o/one", 0);
  FakeAsset next = Asset("SHA256SUMS.next", "two", farm_.clock.Now() - absl::Hours(1));
  Put(next);
  ASSERT_OK(host().ListAssets());
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(1));
}

TEST_F(SideFileWriterTest, ASideFileThatIsNotListedYetIsNotSentAgainAndAgain) {
  farm_.github->SetListLag(absl::Seconds(20));
  ASSERT_OK(host().WriteSideFile({"o/one", kTag}, "SHA256SUMS", "one"));
  farm_.Restart();
  farm_.github->ResetCounters();
  EXPECT_THAT(host().WriteSideFile({"o/one", kTag}, "SHA256SUMS", "two"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("behind")));
  EXPECT_EQ(farm_.github->counters().calls.at("upload"), 1);
}

TEST_F(SideFileWriterTest, ASideFileIsReplacedThroughEveryFault) {
  ReleaseKey const release{"o/one", kTag};
  ASSERT_OK(host().WriteSideFile(release, "SHA256SUMS", "one"));
  int version = 0;
  for (char const* rule : {"502 kind=upload", "502-starter kind=upload", "commit-drop kind=upload",
                           "502 kind=delete-asset", "commit-drop kind=delete-asset",
                           "502 kind=patch-asset", "commit-drop kind=patch-asset"}) {
    Plant(rule);
    std::string const content = absl::StrCat("version ", ++version);
    absl::Status written = absl::UnavailableError("not tried");
    for (int tries = 0; tries < 5 && !written.ok(); ++tries) {
      written = host().WriteSideFile(release, "SHA256SUMS", content);
      farm_.clock.Advance(absl::Minutes(2));
      EXPECT_TRUE(farm_.Download("o/one", kTag, "SHA256SUMS").ok() ||
                  farm_.Download("o/one", kTag, "SHA256SUMS.next").ok())
          << rule << ": readers find the one or the other";
    }
    EXPECT_OK(written) << rule;
    EXPECT_EQ(farm_.Download("o/one", kTag, "SHA256SUMS").value(), content) << rule;
    EXPECT_THAT(AssetsOf("o/one"), SizeIs(1)) << rule;
  }
}

}  // namespace
}  // namespace probefarm
