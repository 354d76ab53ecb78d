#include "coordinator/feeds/debian/mirror.h"

#include <gmock/gmock.h>

#include "coordinator/feeds/debian/suite_name.h"

namespace probefarm::debian {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kTargets[] =
    "https://packages.test/node nodistro\n"
    "https://packages.test/cloud cloud-sdk-bookworm\n"
    "http://mirror.test/debian/ bookworm\n"
    "http://mirror.test/debian/ bookworm\n"
    "http://mirror.test/debian/ bookworm-updates\n"
    "http://mirror.test/debian-security/ bookworm-security\n"
    "http://other.test/debian/ trixie\n"
    "cdrom://disc/ bookworm\n"
    "\n";

TEST(Mirrors, PutsTheExactSuiteFirst) {
  Mirrors const mirrors = Mirrors::FromAptTargets(kTargets);
  EXPECT_THAT(mirrors.BasesOf("trixie"),
              ElementsAre("http://other.test/debian", "http://mirror.test/debian"));
  EXPECT_THAT(mirrors.BasesOf("bookworm"),
              ElementsAre("http://mirror.test/debian", "http://other.test/debian"));
}

TEST(Mirrors, FindsOtherSuitesUnderTheSameBase) {
  Mirrors const mirrors = Mirrors::FromAptTargets(kTargets);
  EXPECT_THAT(mirrors.BasesOf("bullseye"),
              ElementsAre("http://mirror.test/debian", "http://other.test/debian"));
  EXPECT_THAT(mirrors.BasesOf("bullseye-security"),
              ElementsAre("http://mirror.test/debian-security"));
}

TEST(Mirrors, KnowsNoneWithoutDebianSources) {
  EXPECT_THAT(Mirrors::FromAptTargets("https://packages.test/node nodistro\n").BasesOf("bookworm"),
              IsEmpty());
  EXPECT_THAT(Mirrors::FromAptTargets("").BasesOf("bookworm"), IsEmpty());
}

TEST(Mirrors, TakesUrlsFromTheConfiguration) {
  Mirrors const mirrors = Mirrors::FromUrls("http://a.test/debian//", "http://a.test/security");
  EXPECT_THAT(mirrors.BasesOf("sid"), ElementsAre("http://a.test/debian"));
  EXPECT_THAT(mirrors.BasesOf("trixie-security"), ElementsAre("http://a.test/security"));
  EXPECT_THAT(Mirrors::FromUrls("http://a.test", "").BasesOf("trixie-security"), IsEmpty());
}

TEST(SuiteName, IsOneFolder) {
  EXPECT_TRUE(IsSuiteName("bookworm-security"));
  for (char const* name : {"", ".", "..", ".x", "a/b", "a b", "a\n"})
    EXPECT_FALSE(IsSuiteName(name));
}

TEST(SuiteName, BeginsWithItsCodename) {
  EXPECT_EQ(CodenameOf("bookworm-security"), "bookworm");
  EXPECT_EQ(CodenameOf("sid"), "sid");
}

}  // namespace
}  // namespace probefarm::debian
