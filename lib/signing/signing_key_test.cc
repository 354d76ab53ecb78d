#include "lib/signing/signing_key.h"

#include <gmock/gmock.h>

#include "absl/strings/escaping.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// RFC 8032, section 7.1, TEST 1: the signature of the empty message.
constexpr char kSignatureOfNothing[] =
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
    "6bd25bf5f0595bbe24655141438e7a100b";
// openssl pkey -in KEY -pubout
constexpr char kSamplePublicPem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kRsaPublicPem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMoNRaBX2eEpQHhTlUkZoO7CYgNGp72P\n"
    "P6Ts+je7TwuchBkcZn45WJcRDBRuVhWt2IiKAvLmqUo7mEDAvExILUkCAwEAAQ==\n"
    "-----END PUBLIC KEY-----\n";

TEST(SigningKey, SignsAsTheStandardSays) {
  ASSERT_OK_AND_ASSIGN(std::string const signature, SampleKey().Sign(""));
  EXPECT_EQ(absl::BytesToHexString(signature), kSignatureOfNothing);
}

TEST(SigningKey, IsWrittenAsOpensslWritesIt) {
  EXPECT_EQ(SampleKey().ToPem(), kSampleKeyPem);
  EXPECT_EQ(SampleKey().public_key().ToPem(), kSamplePublicPem);
}

TEST(SigningKey, HasTheIdOfItsPublicHalf) {
  EXPECT_EQ(SampleKey().public_key().id(), "06e3fd8fda29bb60");
  ASSERT_OK_AND_ASSIGN(PublicKey const key, PublicKey::FromPem(kSamplePublicPem));
  EXPECT_EQ(key.id(), SampleKey().public_key().id());
}

TEST(SigningKey, IsNewEachTime) {
  ASSERT_OK_AND_ASSIGN(SigningKey const one, SigningKey::Generate());
  ASSERT_OK_AND_ASSIGN(SigningKey const two, SigningKey::Generate());
  EXPECT_NE(one.public_key().id(), two.public_key().id());
}

TEST(SigningKey, SaysWhatAPemTextHasInstead) {
  EXPECT_THAT(SigningKey::FromPem(""), StatusIs(kInvalid, HasSubstr("no whole PEM private key")));
  EXPECT_THAT(SigningKey::FromPem(kSamplePublicPem), StatusIs(kInvalid));
  std::string const broken = absl::StrCat(std::string(kSampleKeyPem).substr(0, 60), "\n");
  EXPECT_THAT(SigningKey::FromPem(broken), StatusIs(kInvalid, Not(HasSubstr("MC4C"))));
}

TEST(PublicKey, VerifiesOnlyWhatItsKeySigned) {
  PublicKey const key = SampleKey().public_key();
  ASSERT_OK_AND_ASSIGN(std::string const signature, SampleKey().Sign("message"));
  EXPECT_TRUE(key.Verifies("message", signature));
  EXPECT_FALSE(key.Verifies("messagf", signature));
  EXPECT_FALSE(OtherKey().public_key().Verifies("message", signature));
}

TEST(PublicKey, TakesNothingElseForASignature) {
  PublicKey const key = SampleKey().public_key();
  ASSERT_OK_AND_ASSIGN(std::string signature, SampleKey().Sign("message"));
  EXPECT_FALSE(key.Verifies("message", ""));
  EXPECT_FALSE(key.Verifies("message", signature + "x"));
  EXPECT_FALSE(key.Verifies("message", signature.substr(1)));
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string flipped = signature;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    EXPECT_FALSE(key.Verifies("message", flipped)) << i;
  }
}

TEST(PublicKey, SaysWhatAPemTextHasInstead) {
  EXPECT_THAT(PublicKey::FromPem("hello"), StatusIs(kInvalid, HasSubstr("no PEM public key")));
  EXPECT_THAT(PublicKey::FromPem(kSampleKeyPem),
              StatusIs(kInvalid, AllOf(HasSubstr(".pub"), Not(HasSubstr("MC4C")))));
  EXPECT_THAT(PublicKey::FromPem(kRsaPublicPem),
              StatusIs(kInvalid, AllOf(HasSubstr("rsaEncryption"), HasSubstr("Ed25519"))));
}

}  // namespace
}  // namespace probefarm
