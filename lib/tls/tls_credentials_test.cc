#include "lib/tls/tls_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"
#include "lib/tls/test_authority.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class TlsCredentialsTest : public testing::Test {
 protected:
  static absl::StatusOr<TlsCredentials> Load(TlsFiles const& files, absl::Time now = absl::Now()) {
    ASSIGN_OR_RETURN(TlsTexts texts, ReadTlsFiles(files));
    return CheckTlsTexts(files, std::move(texts), now);
  }
  static void ExpectRefused(TlsFiles const& files, std::string const& file,
                            std::string const& why) {
    EXPECT_THAT(Load(files), StatusIs(absl::StatusCode::kInvalidArgument,
                                      AllOf(HasSubstr(file), HasSubstr(why))));
  }
  std::string Write(std::string const& name, std::string const& text) const {
    return authority_.folder().Write(name, text);
  }

  // The same key behind a passphrase.
  static std::string Locked(std::string const& key_pem) {
    PrivateKey const key = ParsePrivateKey(key_pem).value();
    std::unique_ptr<BIO, OpenSslFree<BIO_free>> const text(BIO_new(BIO_s_mem()));
    EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(text.get(), key.get(), EVP_aes_256_cbc(), "secret", 6,
                                            nullptr, nullptr),
              1);
    char* start = nullptr;
    long const size = BIO_get_mem_data(text.get(), &start);
    return {start, static_cast<size_t>(size)};
  }

  TestAuthority const authority_;
  TlsFiles const good_ = authority_.Issue("good", {.common_name = "w1"});
};

TEST_F(TlsCredentialsTest, TakesAPairAndItsAuthority) {
  ASSERT_OK_AND_ASSIGN(TlsCredentials const loaded, Load(good_));
  EXPECT_EQ(loaded.subject, "CN=w1");
  EXPECT_EQ(loaded.pem.ca, authority_.ca());
  EXPECT_LE(loaded.not_after, absl::Now() + absl::Hours(1));
}

TEST_F(TlsCredentialsTest, TakesAnAuthorityAlone) {
  ASSERT_OK_AND_ASSIGN(TlsCredentials const loaded, Load({.ca = authority_.ca_file()}));
  EXPECT_EQ(loaded.not_after, absl::InfiniteFuture());
}

TEST_F(TlsCredentialsTest, TakesAChainInItsOrderOnly) {
  TlsFiles chain = authority_.IssueByIntermediate("chain", {.common_name = "w1"});
  EXPECT_OK(Load(chain));
  std::string const other = ReadWholeFile(good_.certificate);
  chain.certificate = Write("disorder.pem", absl::StrCat(ReadWholeFile(chain.certificate), other));
  ExpectRefused(chain, "disorder.pem", "certificate 3 in it did not sign certificate 2");
}

TEST_F(TlsCredentialsTest, RefusesTheKeyOfAnotherCertificate) {
  TlsFiles mixed = good_;
  mixed.key = authority_.Issue("other", {.common_name = "w2"}).key;
  ExpectRefused(mixed, "other.key", "not that of the certificate in");
}

TEST_F(TlsCredentialsTest, RefusesWhatIsCutOffAnywhere) {
  std::string const certificate = ReadWholeFile(good_.certificate);
  std::string const key = ReadWholeFile(good_.key);
  for (size_t const part : {1U, 2U, 3U}) {
    TlsFiles half = good_;
    half.certificate = Write("half.pem", certificate.substr(0, certificate.size() * part / 4));
    ExpectRefused(half, "half.pem", "");
    half = good_;
    half.key = Write("half.key", key.substr(0, key.size() * part / 4));
    ExpectRefused(half, "half.key", "");
    half = good_;
    half.ca = Write("half-ca.pem", authority_.ca().substr(0, authority_.ca().size() * part / 4));
    ExpectRefused(half, "half-ca.pem", "");
  }
}

TEST_F(TlsCredentialsTest, RefusesACutOffCertificateBehindAWholeOne) {
  TlsFiles files = good_;
  files.ca = Write("ca2.pem", absl::StrCat(authority_.ca(), authority_.ca().substr(0, 200)));
  ExpectRefused(files, "ca2.pem", "certificate 2 in it is cut off or broken");
}

TEST_F(TlsCredentialsTest, RefusesWhatIsNoPem) {
  for (std::string const& text : {std::string(), std::string("hello"), std::string(4096, '\0')}) {
    TlsFiles files = good_;
    files.certificate = Write("no.pem", text);
    ExpectRefused(files, "no.pem", "no PEM certificate");
  }
}

TEST_F(TlsCredentialsTest, RefusesAKeyWithAPassphraseAndDoesNotAskForIt) {
  TlsFiles files = good_;
  files.key = Write("locked.key", Locked(ReadWholeFile(good_.key)));
  ExpectRefused(files, "locked.key", "without a passphrase");
}

TEST_F(TlsCredentialsTest, RefusesWhatIsNotValidNow) {
  EXPECT_THAT(Load(good_, absl::Now() + absl::Hours(2)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("good.pem"), HasSubstr("ended at"))));
  EXPECT_THAT(Load(good_, absl::Now() - absl::Hours(2)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("begins at")));
}

TEST_F(TlsCredentialsTest, NamesAFileThatIsMissingOrTooLarge) {
  TlsFiles files = good_;
  files.key = authority_.folder() / "nobody.key";
  EXPECT_THAT(Load(files), StatusIs(absl::StatusCode::kNotFound, HasSubstr("nobody.key")));
  files.key = Write("huge.key", std::string((1 << 20) + 1, 'x'));
  ExpectRefused(files, "huge.key", "over 1048576 bytes");
}

TEST_F(TlsCredentialsTest, SaysNothingOfTheKeyItself) {
  TlsFiles files = good_;
  std::string const key = ReadWholeFile(good_.key);
  std::string const line = key.substr(key.find('\n') + 1, 40);
  files.key = Write("broken.key", key.substr(0, key.size() - 40));
  EXPECT_THAT(Load(files).status().message(), Not(HasSubstr(line)));
}

}  // namespace
}  // namespace probefarm
