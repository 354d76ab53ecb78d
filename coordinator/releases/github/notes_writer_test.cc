#include "coordinator/releases/github/notes_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/releases/github/github_host_fixture.h"
#include "coordinator/releases/release_notes.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class NotesWriterTest : public GitHubHostFixture {
 protected:
  absl::Status Write(std::string const& notes) { return host().WriteNotes({"o/one", kTag}, notes); }
  std::string Body() const {
    std::optional<FakeRelease> const release = farm_.github->Release("o/one", kTag);
    return release ? release->body : "";
  }
  void SetBody(std::string body) {
    FakeRelease release = farm_.github->Release("o/one", kTag).value_or(FakeRelease{});
    release.tag = kTag;
    release.body = std::move(body);
    farm_.github->PutRelease("o/one", release);
  }
  int64_t Calls(std::string const& kind) const {
    auto const calls = farm_.github->counters().calls;
    return calls.contains(kind) ? calls.at(kind) : 0;
  }
};

TEST_F(NotesWriterTest, WritesOnceWhatDoesNotChange) {
  ASSERT_OK(Write("ten\n"));
  ASSERT_OK(Write("ten\n"));
  EXPECT_EQ(Calls("patch-release"), 1);
  ASSERT_OK(Write("eleven\n"));
  EXPECT_EQ(Calls("patch-release"), 2);
  EXPECT_THAT(Body(), HasSubstr("eleven"));
}

TEST_F(NotesWriterTest, WritesNothingAfterARestartThatChangesNothing) {
  ASSERT_OK(Write("ten\n"));
  farm_.Restart();
  ASSERT_OK(Write("ten\n"));
  EXPECT_EQ(Calls("patch-release"), 1);
  EXPECT_EQ(Calls("get-release"), 1) << "the release itself has told it";
}

// Of a release that was there before this farm, or into which somebody writes meanwhile.
TEST_F(NotesWriterTest, LeavesWhatPeopleWrote) {
  SetBody("Thanks to all!");
  ASSERT_OK(Write("ten\n"));
  EXPECT_THAT(Body(), StartsWith("Thanks to all!\n\n<!-- probefarm"));
  SetBody(Body() + "\nMind the gap.");
  ASSERT_OK(Write("eleven\n"));
  EXPECT_THAT(Body(), StartsWith("Thanks to all!\n\n<!-- probefarm"));
  EXPECT_THAT(Body(), EndsWith("-->\nMind the gap."));
  EXPECT_THAT(Body(), Not(HasSubstr("ten\n")));
}

TEST_F(NotesWriterTest, TouchesNeitherNameNorTag) {
  SetBody("");
  std::string const name = farm_.github->Release("o/one", kTag)->name;
  ASSERT_OK(Write("ten\n"));
  EXPECT_EQ(farm_.github->Release("o/one", kTag)->name, name);
}

TEST_F(NotesWriterTest, GivesUpBesideABodyThatLeavesNoRoom) {
  SetBody(std::string(kLongestBody - 10, 'x'));
  EXPECT_OK(Write("ten\n"));
  EXPECT_EQ(Calls("patch-release"), 0);
}

TEST_F(NotesWriterTest, GoesOnAfterAFault) {
  for (char const* rule :
       {"502 kind=patch-release", "commit-drop kind=patch-release", "html kind=get-release"}) {
    Plant(rule);
    EXPECT_FALSE(Write(rule).ok()) << rule;
    farm_.clock.Advance(absl::Minutes(2));
    EXPECT_OK(Write(rule)) << rule;
    EXPECT_THAT(Body(), HasSubstr(rule));
  }
}

}  // namespace
}  // namespace probefarm
