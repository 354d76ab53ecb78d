#include "lib/archive/entry_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

auto const kRefused = absl::StatusCode::kInvalidArgument;
auto const kTooMuch = absl::StatusCode::kResourceExhausted;

absl::StatusOr<std::string> Normalized(absl::string_view path) { return NormalizePath(path, {}); }

absl::Status Link(absl::string_view path, absl::string_view target) {
  return CheckSymlinkTarget(path, target, {"/usr/lib/", "/usr/src"}, {});
}

TEST(NormalizePath, DropsWhatMeansNothing) {
  for (char const* path : {"usr/src", "./usr/src", "usr//src/", "usr/./src/.", "./usr/src//"}) {
    ASSERT_OK_AND_ASSIGN(std::string const normalized, Normalized(path));
    EXPECT_EQ(normalized, "usr/src") << path;
  }
  ASSERT_OK_AND_ASSIGN(std::string const root, Normalized("./"));
  EXPECT_EQ(root, "");
}

TEST(NormalizePath, RefusesWhatLeavesTheTree) {
  for (char const* path : {"", "/", "/etc/passwd", "//etc", "..", "../x", "a/../b", "a/.."})
    EXPECT_THAT(Normalized(path), StatusIs(kRefused)) << path;
}

TEST(NormalizePath, KeepsNamesThatOnlyLookLikeDots) {
  ASSERT_OK_AND_ASSIGN(std::string const path, Normalized("..a/b../.../.c"));
  EXPECT_EQ(path, "..a/b../.../.c");
}

TEST(NormalizePath, IsBounded) {
  ArchiveLimits limits;
  limits.max_path_bytes = 10;
  limits.max_depth = 3;
  EXPECT_OK(NormalizePath("1234567890", limits));
  EXPECT_THAT(NormalizePath("12345678901", limits),
              StatusIs(kTooMuch, HasSubstr("max_path_bytes")));
  EXPECT_OK(NormalizePath("./a/b/c", limits));
  EXPECT_THAT(NormalizePath("a/b/c/d", limits), StatusIs(kTooMuch, HasSubstr("max_depth")));
}

TEST(CheckSymlinkTarget, LetsLinksIntoTheTree) {
  EXPECT_OK(Link("a", "b"));
  EXPECT_OK(Link("a/b/c", "../../d/e"));
  EXPECT_OK(Link("usr/src/linux/scripts", "../../lib/linux-kbuild-6.1/scripts"));
  EXPECT_OK(Link("a/b", "./../c"));
}

TEST(CheckSymlinkTarget, RefusesLinksOutOfTheTree) {
  EXPECT_THAT(Link("a", "../b"), StatusIs(kRefused, HasSubstr("'../b'")));
  EXPECT_THAT(Link("a/b/c", "../../../d"), StatusIs(kRefused));
  EXPECT_THAT(Link("a/b", ".././../c"), StatusIs(kRefused));
  EXPECT_THAT(Link("a", ""), StatusIs(kRefused));
}

TEST(CheckSymlinkTarget, RefusesAClimbAfterANameWhichMayBeALink) {
  EXPECT_THAT(Link("a/b/c", "d/../e"), StatusIs(kRefused));
  EXPECT_THAT(Link("a/b/c", "../d/.."), StatusIs(kRefused));
}

TEST(CheckSymlinkTarget, AbsoluteOnesNeedAnAllowedRoot) {
  EXPECT_OK(Link("a", "/usr/lib/linux-kbuild-6.1/scripts"));
  EXPECT_OK(Link("a", "/usr/src/x"));
  EXPECT_THAT(Link("a", "/etc/passwd"), StatusIs(kRefused));
  EXPECT_THAT(Link("a", "/usr/library/x"), StatusIs(kRefused));
  EXPECT_THAT(Link("a", "/usr/srcx"), StatusIs(kRefused));
  EXPECT_THAT(Link("a", "/usr/lib/../../etc/passwd"), StatusIs(kRefused));
  EXPECT_THAT(Link("a", "/usr/lib/"), StatusIs(kRefused));
}

TEST(SymlinksSeen, NothingGoesThroughALink) {
  SymlinksSeen seen;
  ASSERT_OK(seen.Add("a/link"));
  EXPECT_OK(seen.Check("a"));
  EXPECT_OK(seen.Check("a/link2/x"));
  EXPECT_THAT(seen.Check("a/link"), StatusIs(kRefused, HasSubstr("'a/link'")));
  EXPECT_THAT(seen.Check("a/link/x"), StatusIs(kRefused));
  EXPECT_THAT(seen.Check("a/link/x/y"), StatusIs(kRefused));
}

TEST(SymlinksSeen, IsBounded) {
  SymlinksSeen seen;
  std::string const long_name(4000, 'x');
  absl::Status status;
  for (int i = 0; status.ok() && i < 10'000; ++i) status = seen.Add(absl::StrCat(i, long_name));
  EXPECT_THAT(status, StatusIs(kTooMuch));
}

}  // namespace
}  // namespace probefarm
