#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/testing/github/github_fixture.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

class Key {
 public:
  Key() : key_(EVP_RSA_gen(2048), &EVP_PKEY_free) {}

  std::string PublicPem() const {
    std::unique_ptr<BIO, decltype(&BIO_free)> const bio(BIO_new(BIO_s_mem()), &BIO_free);
    PEM_write_bio_PUBKEY(bio.get(), key_.get());
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<size_t>(size)};
  }

  std::string Sign(std::string const& text) const {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    std::string signature(512, '\0');
    size_t size = signature.size();
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                   reinterpret_cast<unsigned char const*>(text.data()), text.size());
    return signature.substr(0, size);
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

// Making keys is slow.
Key const& OneKey() {
  static Key const* const kKey = new Key;
  return *kKey;
}

class FakeAppTokens : public GitHubTest {
 protected:
  void SetUp() override {
    GitHubTest::SetUp();
    github->AddRepository("o/s");
    github->AddApp({.issuer = "42",
                    .public_key = OneKey().PublicPem(),
                    .installation = 7,
                    .repositories = {"o/r", "o/s"},
                    .points_an_hour = 12'500});
  }

  Json Claims() {
    int64_t const now = absl::ToUnixSeconds(clock.Now());
    return {{"iss", "42"}, {"iat", now - 60}, {"exp", now + 540}};
  }

  static std::string Jwt(Json const& claims, Key const& key = OneKey()) {
    std::string const text =
        absl::StrCat(absl::WebSafeBase64Escape(R"({"alg":"RS256","typ":"JWT"})"), ".",
                     absl::WebSafeBase64Escape(claims.dump()));
    return absl::StrCat(text, ".", absl::WebSafeBase64Escape(key.Sign(text)));
  }

  HttpResponse Ask(std::string const& jwt, Json const& wish, int installation = 7) {
    return Send(
        "POST",
        absl::StrCat(github->api_url(), "/app/installations/", installation, "/access_tokens"),
        wish.dump(), {{"authorization", "Bearer " + jwt}});
  }
};

TEST_F(FakeAppTokens, LastOneHourAndAreNarrowedToWhatWasAskedFor) {
  HttpResponse const response =
      Ask(Jwt(Claims()), {{"repositories", {"r"}}, {"permissions", {{"contents", "write"}}}});
  ASSERT_EQ(response.status, 201) << response.body;
  Json const json = Json::parse(response.body);
  EXPECT_EQ(json["expires_at"], "2027-01-15T09:00:00Z");
  std::string const bearer = "Bearer " + json["token"].get<std::string>();
  auto const create = [&](std::string const& repository) {
    return Send("POST", absl::StrCat(github->api_url(), "/repos/", repository, "/releases"),
                R"({"tag_name":"1"})", {{"authorization", bearer}});
  };
  HttpResponse const created = create("o/r");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.headers.at("x-ratelimit-limit"), "12500");
  EXPECT_EQ(create("o/s").status, 403);
  clock.Advance(absl::Hours(1));
  EXPECT_EQ(create("o/r").status, 401);
}

TEST_F(FakeAppTokens, ShareTheLimitsOfTheirInstallation) {
  for (int used = 1; used <= 2; ++used) {
    Json const json = Json::parse(Ask(Jwt(Claims()), Json::object()).body);
    HttpResponse const read =
        Get("/repos/o/r", {{"authorization", "Bearer " + json["token"].get<std::string>()}});
    EXPECT_EQ(read.headers.at("x-ratelimit-used"), absl::StrCat(used));
  }
}

TEST_F(FakeAppTokens, AreGivenForAGoodJwtAlone) {
  EXPECT_EQ(Ask("no.jwt.atall", {}).status, 401);
  EXPECT_EQ(Ask(Jwt(Claims(), Key()), {}).status, 401);
  Json late = Claims();
  late["exp"] = absl::ToUnixSeconds(clock.Now() + absl::Seconds(601));
  HttpResponse const refused = Ask(Jwt(late), {});
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.body, HasSubstr("too far in the future"));
  Json early = Claims();
  early["iat"] = absl::ToUnixSeconds(clock.Now() + absl::Seconds(1));
  EXPECT_EQ(Ask(Jwt(early), {}).status, 401);
  Json over = Claims();
  over["exp"] = absl::ToUnixSeconds(clock.Now());
  EXPECT_EQ(Ask(Jwt(over), {}).status, 401);
}

TEST_F(FakeAppTokens, AreForAnInstallationAndItsRepositories) {
  EXPECT_EQ(Ask(Jwt(Claims()), {}, 8).status, 404);
  EXPECT_EQ(Ask(Jwt(Claims()), {{"repositories", {"unknown"}}}).status, 422);
}

TEST_F(FakeAppTokens, AreToReadWhereOnlyThatWasAskedFor) {
  Json const json = Json::parse(Ask(Jwt(Claims()), {{"permissions", {{"contents", "read"}}}}).body);
  HttpResponse const refused =
      Send("POST", github->api_url() + "/repos/o/r/releases", R"({"tag_name":"1"})",
           {{"authorization", "Bearer " + json["token"].get<std::string>()}});
  EXPECT_EQ(refused.status, 403);
}

}  // namespace
}  // namespace probefarm
