#include "coordinator/releases/github/credentials/app_jwt.h"

#include <gmock/gmock.h>
#include <openssl/ec.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "coordinator/releases/github/credentials/test_app_key.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kUnixNow = 1'800'000'000;
absl::Time const kNow = absl::FromUnixSeconds(kUnixNow);
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class AppKeyTest : public testing::Test {
 protected:
  absl::StatusOr<PrivateKey> Read(std::string const& pem, mode_t mode = 0600) const {
    std::string const path = folder_.Write("app.pem", pem);
    chmod(path.c_str(), mode);
    return ReadAppKey(path);
  }

  TemporaryFolder const folder_;
  PrivateKey const key_ = MakeRsaKey();
};

TEST_F(AppKeyTest, IsReadInBothForms) {
  for (std::string const& pem : {ToPkcs1(key_.get()), ToPkcs8(key_.get())}) {
    ASSERT_OK_AND_ASSIGN(PrivateKey const read, Read(pem));
    EXPECT_EQ(EVP_PKEY_eq(read.get(), key_.get()), 1);
  }
  EXPECT_THAT(ToPkcs1(key_.get()), HasSubstr("BEGIN RSA PRIVATE KEY"));
}

TEST_F(AppKeyTest, IsRefusedWhenItIsCutOffOrNoRsaKeyOrTooShort) {
  std::string const pem = ToPkcs1(key_.get());
  EXPECT_THAT(Read(pem.substr(0, pem.size() / 2)),
              StatusIs(kInvalid, AllOf(HasSubstr("app.pem"), Not(HasSubstr(pem.substr(60, 20))))));
  EXPECT_THAT(Read(""), StatusIs(kInvalid));
  PrivateKey const ec(EVP_EC_gen("P-256"));
  EXPECT_THAT(Read(ToPkcs8(ec.get())), StatusIs(kInvalid, HasSubstr("no RSA key")));
  PrivateKey const small = MakeRsaKey(1024);
  EXPECT_THAT(Read(ToPkcs8(small.get())), StatusIs(kInvalid, HasSubstr("2048 bits")));
}

TEST_F(AppKeyTest, IsRefusedWhenOthersMayReadIt) {
  EXPECT_THAT(Read(ToPkcs1(key_.get()), 0644),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("chmod 600")));
}

TEST_F(AppKeyTest, SignsAJwtThatThePublicKeyVerifies) {
  ASSERT_OK_AND_ASSIGN(Secret const jwt, MakeAppJwt(key_.get(), 12, kNow));
  std::string const payload = VerifiedPayload(jwt.Reveal(), key_.get());
  ASSERT_NE(payload, "");
  EXPECT_EQ(nlohmann::json::parse(payload),
            (nlohmann::json{{"iat", kUnixNow - 60}, {"exp", kUnixNow + 540}, {"iss", 12}}));
  PrivateKey const other = MakeRsaKey();
  EXPECT_EQ(VerifiedPayload(jwt.Reveal(), other.get()), "");
}

TEST_F(AppKeyTest, MakesAJwtOfUnpaddedUrlSafeCharacters) {
  for (int64_t app = 1; app < 2000; app = app * 3 + 1) {
    ASSERT_OK_AND_ASSIGN(Secret const jwt, MakeAppJwt(key_.get(), app, kNow));
    EXPECT_EQ(jwt.Reveal().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                             "0123456789-_."),
              std::string::npos);
    EXPECT_NE(VerifiedPayload(jwt.Reveal(), key_.get()), "") << app;
  }
}

TEST(MakeAppJwt, FailsWithAKeyThatCannotSignSo) {
  PrivateKey const x25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  ASSERT_NE(x25519, nullptr);
  EXPECT_THAT(MakeAppJwt(x25519.get(), 12, kNow), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace probefarm
