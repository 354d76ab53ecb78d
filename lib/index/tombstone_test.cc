#include "lib/index/tombstone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "absl/strings/str_replace.h"
#include "lib/index/release_index.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

Tombstone Sample(std::string const& name = "a.o", char digit = 'a') {
  Tombstone tombstone;
  tombstone.probe = {"8.0.0+driver", Arch::kX86_64, "debian", "6.1.0-1-amd64", "1", Kind::kBpf};
  tombstone.tag = "8.0.0+driver/x86_64";
  tombstone.file_name = tombstone.asset_name = name;
  tombstone.sha256 = std::string(64, digit);
  tombstone.size = 1234;
  tombstone.inputs = std::string(64, 'f');
  tombstone.reason = "does not load, see CVE-1";
  tombstone.published_at = absl::FromUnixSeconds(1'700'000'000);
  tombstone.withdrawn_at = absl::FromUnixSeconds(1'700'000'100);
  return tombstone;
}

std::string Entry(SigningKey const* key = nullptr) {
  return RenderTombstone(SignTombstone(Sample(), key).value());
}

TEST(Tombstone, IsReadAsItWasWritten) {
  ASSERT_OK_AND_ASSIGN(SignedTombstone const read, ParseTombstone(Entry()));
  EXPECT_EQ(read.tombstone, Sample());
  EXPECT_THAT(read.statement.signatures, IsEmpty());
}

TEST(Tombstone, IsSignedByItself) {
  SigningKey const key = SampleKey();
  ASSERT_OK_AND_ASSIGN(SignedTombstone const read, ParseTombstone(Entry(&key)));
  EXPECT_NE(VerifyDsse(read.statement, {key.public_key()}), nullptr);
  EXPECT_EQ(VerifyDsse(read.statement, {OtherKey().public_key()}), nullptr);
  EXPECT_EQ(Entry(&key), Entry(&key));
}

// What a reader sees is what was signed.
TEST(Tombstone, IsRefusedWhereItsStatementSaysOtherwise) {
  for (auto const& [from, to] :
       std::vector<std::array<std::string, 2>>{{"does not load", "nothing serious"},
                                               {"8.0.0+driver/x86_64", "7.0.0+driver/x86_64"},
                                               {R"("size":1234)", R"("size":1235)"},
                                               {std::string(64, 'a'), std::string(64, 'b')},
                                               {std::string(64, 'f'), ""},
                                               {"2023-11-14T22:15:00", "2023-11-14T22:15:01"}}) {
    EXPECT_THAT(ParseTombstone(absl::StrReplaceAll(Entry(), {{from, to}})),
                StatusIs(kInvalid, HasSubstr("says otherwise")))
        << to;
  }
}

TEST(Tombstone, SaysWhatIsWrong) {
  for (auto const& [from, to, said] :
       std::vector<std::array<std::string, 3>>{{R"("reason")", R"("why")", "reason"},
                                               {R"("size":1234)", R"("size":"much")", "type"},
                                               {R"("statement")", R"("word")", "statement"},
                                               {"aaaa", "zzzz", "no SHA-256"},
                                               {"ffff", "gggg", "inputs"},
                                               {"does not load", "\\u0007", "control"},
                                               {"2023-", "soon-", "published_at"}}) {
    EXPECT_THAT(ParseTombstone(absl::StrReplaceAll(Entry(), {{from, to}})),
                StatusIs(kInvalid, HasSubstr(said)))
        << to;
  }
  for (char const* const text : {"", "[]", "7", "{}", R"({"statement":7})"})
    EXPECT_THAT(ParseTombstone(text), StatusIs(kInvalid)) << text;
}

TEST(Tombstone, AReasonIsOneLineOfText) {
  EXPECT_OK(CheckWithdrawalReason("läuft nicht: „oops“ on 6.1"));
  EXPECT_OK(CheckWithdrawalReason(std::string(kMaxWithdrawalReason, 'x')));
  for (std::string const& reason :
       {std::string(), std::string("  \t"), std::string(kMaxWithdrawalReason + 1, 'x'),
        std::string("two\nlines"), std::string("\x1b[2J"), std::string("nul\0", 4),
        std::string("\x7f"), std::string("c1 \xc2\x9b"), std::string("\xff"),
        std::string("turned \xe2\x80\xae"), std::string("turned \xe2\x81\xa6")})
    EXPECT_THAT(CheckWithdrawalReason(reason), StatusIs(kInvalid, HasSubstr("reason"))) << reason;
}

TEST(Tombstone, StandsInTheIndexAndTheLatestOfANameIsFound) {
  Tombstone later = Sample("a.o", 'b');
  later.withdrawn_at += absl::Seconds(1);
  ReleaseIndex index{"t", {}, {}};
  for (Tombstone const& tombstone : {later, Sample(), Sample("b.o")})
    index.withdrawn.push_back(SignTombstone(tombstone, nullptr).value());
  ASSERT_OK_AND_ASSIGN(ReleaseIndex const read, ParseReleaseIndex(RenderReleaseIndex(index)));
  ASSERT_THAT(read.withdrawn, SizeIs(3));
  EXPECT_EQ(FindTombstone(read, "a.o")->tombstone, later);
  EXPECT_EQ(FindTombstone(read, "a.o", Sample().sha256)->tombstone, Sample());
  EXPECT_EQ(FindTombstone(read, "c.o"), nullptr);
  EXPECT_EQ(FindTombstone(read, "b.o", later.sha256), nullptr);
}

// Of programs that knew of no withdrawals.
TEST(Tombstone, AnIndexWithoutAnyIsRead) {
  ASSERT_OK_AND_ASSIGN(ReleaseIndex const read, ParseReleaseIndex(R"({"tag":"t","probes":[]})"));
  EXPECT_THAT(read.withdrawn, IsEmpty());
}

TEST(Tombstone, AnIndexWithABadOneIsRefused) {
  EXPECT_THAT(ParseReleaseIndex(R"({"tag":"t","probes":[],"withdrawn":[{}]})"),
              StatusIs(kInvalid, HasSubstr("tombstone")));
}

}  // namespace
}  // namespace probefarm
