#include "lib/index/sha256sums.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::string const kOnes(64, '1');
std::string const kTwos(64, '2');

TEST(Sha256Sums, SortsByName) {
  EXPECT_EQ(RenderSha256Sums({{"b.ko", kTwos}, {"a.o", kOnes}}).value(),
            absl::StrCat(kOnes, "  a.o\n", kTwos, "  b.ko\n"));
}

TEST(Sha256Sums, OfNothingIsEmpty) {
  EXPECT_EQ(RenderSha256Sums({}).value(), "");
  EXPECT_THAT(ParseSha256Sums("").value(), IsEmpty());
}

TEST(Sha256Sums, RefusesADoubledName) {
  EXPECT_THAT(RenderSha256Sums({{"a", kOnes}, {"a", kOnes}}), StatusIs(kInvalid, HasSubstr("'a'")));
}

TEST(Sha256Sums, RefusesNamesThatSha256sumWouldReadOtherwise) {
  EXPECT_THAT(RenderSha256Sums({{"a\nb", kOnes}}), StatusIs(kInvalid));
  EXPECT_THAT(RenderSha256Sums({{"a\\b", kOnes}}), StatusIs(kInvalid));
  EXPECT_THAT(RenderSha256Sums({{"a/b", kOnes}}), StatusIs(kInvalid));
  EXPECT_THAT(RenderSha256Sums({{"", kOnes}}), StatusIs(kInvalid));
}

TEST(Sha256Sums, RefusesWhatIsNoDigest) {
  EXPECT_THAT(RenderSha256Sums({{"a", "1234"}}), StatusIs(kInvalid, HasSubstr("1234")));
}

TEST(Sha256Sums, ReadsWhatItWrites) {
  std::vector<Sha256SumsLine> const lines = {{"a b", kOnes}, {"c+d.o", kTwos}};
  ASSERT_OK_AND_ASSIGN(std::string const text, RenderSha256Sums(lines));
  ASSERT_OK_AND_ASSIGN(std::vector<Sha256SumsLine> const read, ParseSha256Sums(text));
  EXPECT_THAT(read, ElementsAre(lines[0], lines[1]));
}

TEST(Sha256Sums, NamesTheLineThatItCannotRead) {
  std::string const good = absl::StrCat(kOnes, "  a\n");
  EXPECT_THAT(ParseSha256Sums(absl::StrCat(good, kTwos, " *b\n")),
              StatusIs(kInvalid, HasSubstr("line 2")));
  EXPECT_THAT(ParseSha256Sums(absl::StrCat(good, "\n")), StatusIs(kInvalid, HasSubstr("line 2")));
  EXPECT_THAT(ParseSha256Sums(absl::StrCat(good, kTwos, "  ../b\n")),
              StatusIs(kInvalid, HasSubstr("line 2")));
}

TEST(Sha256Sums, RefusesDoubledAndUnsortedNames) {
  EXPECT_THAT(ParseSha256Sums(absl::StrCat(kOnes, "  a\n", kTwos, "  a\n")), StatusIs(kInvalid));
  EXPECT_THAT(ParseSha256Sums(absl::StrCat(kOnes, "  b\n", kTwos, "  a\n")), StatusIs(kInvalid));
}

TEST(Sha256Sums, RefusesLineEndsOfAnotherKind) {
  EXPECT_THAT(ParseSha256Sums(absl::StrCat(kOnes, "  a\r\n")), StatusIs(kInvalid));
}

TEST(Sha256Sums, RefusesWhatIsTooLarge) {
  EXPECT_THAT(ParseSha256Sums(std::string((size_t{64} << 20) + 1, '\n')),
              StatusIs(kInvalid, HasSubstr("bytes")));
}

TEST(Sha256Sums, RefusesATruncatedText) {
  EXPECT_THAT(ParseSha256Sums(absl::StrCat(kOnes, "  a")), StatusIs(kInvalid));
}

}  // namespace
}  // namespace probefarm
