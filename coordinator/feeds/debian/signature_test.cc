#include "coordinator/feeds/debian/signature.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm::debian {
namespace {

using testing::HasSubstr;

constexpr char kText[] = "[GNUPG:] PLAINTEXT 74 0 \n";
constexpr char kUnknown[] =
    "[GNUPG:] NEWSIG\n"
    "[GNUPG:] ERRSIG 1111111111111111 1 8 01 1783765031 9 -\n"
    "[GNUPG:] NO_PUBKEY 1111111111111111\n";

// Digest algorithm 8 is SHA-256, 2 is SHA-1.
std::string Signature(std::string const& result, int digest_algorithm = 8) {
  return absl::StrCat("[GNUPG:] NEWSIG\n[GNUPG:] ", result,
                      " 2222222222222222 Archive Key\n"
                      "[GNUPG:] VALIDSIG 33333333 2026-07-11 1783765031 0 4 0 1 ",
                      digest_algorithm, " 01 44444444\n");
}

TEST(Signature, OneGoodOneIsEnough) {
  EXPECT_OK(JudgeSignatures(absl::StrCat(kText, Signature("GOODSIG"))));
  EXPECT_OK(JudgeSignatures(absl::StrCat(kText, kUnknown, Signature("GOODSIG"))));
  EXPECT_OK(JudgeSignatures(absl::StrCat(kText, Signature("GOODSIG"), kUnknown)));
}

TEST(Signature, NamesTheKeysThatAreUnknown) {
  EXPECT_THAT(
      JudgeSignatures(absl::StrCat(kText, kUnknown)),
      StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("NO_PUBKEY 1111111111111111")));
}

TEST(Signature, OfAnExpiredOrRevokedKeyDoesNotCount) {
  for (std::string const result : {"EXPKEYSIG", "REVKEYSIG", "EXPSIG", "BADSIG"}) {
    EXPECT_THAT(JudgeSignatures(absl::StrCat(kText, Signature(result))),
                StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr(result)));
  }
}

TEST(Signature, IsJudgedByItsOwnLinesOnly) {
  std::string const good_without_valid = "[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 2222222222222222 x\n";
  EXPECT_THAT(JudgeSignatures(absl::StrCat(kText, good_without_valid, Signature("EXPKEYSIG"))),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(Signature, NeedsAStrongDigest) {
  EXPECT_THAT(JudgeSignatures(absl::StrCat(kText, Signature("GOODSIG", 2))),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(Signature, IsOfOneTextOnly) {
  EXPECT_THAT(JudgeSignatures(absl::StrCat(kText, Signature("GOODSIG"), kText)),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("more than one")));
  EXPECT_THAT(JudgeSignatures(absl::StrCat(kText, Signature("GOODSIG"),
                                           "[GNUPG:] ERROR proc_pkt.plaintext 89_BAD_DATA\n")),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("more than one")));
  EXPECT_THAT(JudgeSignatures(Signature("GOODSIG")), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(Signature, MustBeThere) {
  EXPECT_THAT(JudgeSignatures("[GNUPG:] NODATA 1\n"),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("not signed")));
  EXPECT_THAT(JudgeSignatures("gpgv: [GNUPG:] GOODSIG\n"),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

}  // namespace
}  // namespace probefarm::debian
