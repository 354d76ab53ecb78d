#include "coordinator/feeds/debian/release_file.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm::debian {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string const kDigest(64, 'b');

std::string Text() {
  return absl::StrCat(
      "Origin: Debian\nSuite: oldstable-security\nCodename: bookworm-security\n"
      "Date: Sat, 21 Nov 2026 02:10:46 UTC\nValid-Until: Sat, 28 Nov 2026 02:10:46 UTC\n"
      "Acquire-By-Hash: yes\nMD5Sum:\n 0ed6d4c8891eb86358b94bb35d9e4da4 7 main/x\nSHA256:\n ",
      kDigest, "  1482 main/binary-amd64/Packages.xz\n ", kDigest, "\t0 main/source/Sources\n");
}

TEST(ReleaseFile, ReadsNamesDatesAndDigests) {
  ASSERT_OK_AND_ASSIGN(ReleaseFile release, ParseReleaseFile(Text()));
  EXPECT_EQ(release.suite, "oldstable-security");
  EXPECT_EQ(release.codename, "bookworm-security");
  EXPECT_EQ(absl::FormatTime(release.date, absl::UTCTimeZone()), "2026-11-21T02:10:46+00:00");
  EXPECT_EQ(*release.valid_until, release.date + absl::Hours(7 * 24));
  EXPECT_TRUE(release.by_hash);
  ASSERT_EQ(release.indexes.size(), 2);
  EXPECT_EQ(release.indexes["main/binary-amd64/Packages.xz"].size, 1482);
  EXPECT_EQ(release.indexes["main/binary-amd64/Packages.xz"].sha256, kDigest);
}

TEST(ReleaseFile, ReadsOffsetsFromUtc) {
  ASSERT_OK_AND_ASSIGN(ReleaseFile release,
                       ParseReleaseFile(absl::StrReplaceAll(
                           Text(), {{"02:10:46 UTC\nValid", "02:10:46 +0200\nValid"}})));
  EXPECT_EQ(absl::FormatTime(release.date, absl::UTCTimeZone()), "2026-11-21T00:10:46+00:00");
}

TEST(ReleaseFile, RefusesWhatItCannotRead) {
  struct Case {
    std::string from, to, message;
  };
  for (Case const& c : {
           Case{"Date: Sat, 21", "Date: Someday, 21", "Date \"Someday"},
           Case{"Date: ", "Dat: ", "Date \"\""},
           Case{"Valid-Until: Sat", "Valid-Until: S", "Valid-Until"},
           Case{"SHA256:", "SHA512:", "no SHA256 table"},
           Case{"  1482", " -1", "SHA256 table"},
           Case{"  1482", "", "SHA256 table"},
           Case{kDigest + "\t", "abc ", "SHA256 table"},
           Case{"main/source/Sources", "main/binary-amd64/Packages.xz", "twice"},
           Case{"MD5Sum:", "SHA256:", "SHA256 table"},
           Case{"Origin: Debian", "Suite: sid", "two fields Suite"},
       }) {
    EXPECT_THAT(ParseReleaseFile(absl::StrReplaceAll(Text(), {{c.from, c.to}})),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(c.message)))
        << c.to;
  }
  EXPECT_THAT(ParseReleaseFile(""), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(ReleaseFile, ExpiresWhenItsDateHasPassed) {
  ASSERT_OK_AND_ASSIGN(ReleaseFile release, ParseReleaseFile(Text()));
  EXPECT_OK(CheckStillValid(release, *release.valid_until));
  EXPECT_THAT(CheckStillValid(release, *release.valid_until + absl::Seconds(1)),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("bookworm-security"), HasSubstr("2026-11-21"),
                             HasSubstr("2026-11-28"))));
}

TEST(ReleaseFile, WithoutADateOfExpiryNeverExpires) {
  ReleaseFile release;
  EXPECT_OK(CheckStillValid(release, absl::InfiniteFuture()));
}

}  // namespace
}  // namespace probefarm::debian
