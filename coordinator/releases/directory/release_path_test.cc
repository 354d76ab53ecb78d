#include "coordinator/releases/directory/release_path.h"

#include <gmock/gmock.h>

#include "coordinator/releases/upload_intent.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(ReleaseTag, MayHoldSlashesAndWhatDriverVersionsHold) {
  for (char const* tag : {"7.0.0+driver", "8.0.0+driver/x86_64", "0.18.0", "2aa88dcf", "1~rc1"})
    EXPECT_OK(CheckReleaseTag(tag)) << tag;
}

TEST(ReleaseTag, NeverLeadsOutOfItsFolder) {
  for (char const* tag : {"", "..", ".", "a/..", "../a", "a/../b", "/a", "a/", "a//b", "/", "a/./b",
                          ".hidden", "a/.hidden", "a\nb"})
    EXPECT_THAT(CheckReleaseTag(tag), StatusIs(kInvalid, HasSubstr("tag"))) << tag;
}

TEST(ReleaseTag, IsBounded) {
  EXPECT_THAT(CheckReleaseTag("a/b/c/d/e"), StatusIs(kInvalid));
  EXPECT_THAT(CheckReleaseTag(std::string(201, 'a')), StatusIs(kInvalid));
}

TEST(ReleasePath, IsDividedAtItsLastSlash) {
  ASSERT_OK_AND_ASSIGN(ReleasePath const path, SplitReleasePath("8.0.0+driver/x86_64/falco.o"));
  EXPECT_EQ(path.tag, "8.0.0+driver/x86_64");
  EXPECT_EQ(path.file, "falco.o");
}

TEST(ReleasePath, RefusesWhatIsNoTagAndFile) {
  for (char const* path : {"", "falco.o", "/falco.o", "a/", "a/..", "../falco.o", "a/../falco.o"})
    EXPECT_THAT(SplitReleasePath(path), StatusIs(kInvalid)) << path;
}

}  // namespace
}  // namespace probefarm
