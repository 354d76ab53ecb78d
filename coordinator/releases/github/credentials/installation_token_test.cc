#include "coordinator/releases/github/credentials/installation_token.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);  // 2027-01-15T08:00:00Z
constexpr char kToken[] = "ghs_16C7e42F292c6912E7710c838347Ae178B4a";

AppInstallation Installation() {
  return {"https://api.github.com", 12, 34, {"falcosecurity/drivers", "falcosecurity/drivers-2"}};
}

Secret Jwt() { return Secret(std::string("eyJhbGci.eyJpYXQi.c2lnbmF0dXJl")); }

absl::StatusOr<AccessToken> Read(int status, std::string body) {
  HttpResponse response{.status = status, .body = std::move(body)};
  return ReadTokenAnswer(Installation(), response, Jwt(), kNow);
}

std::string Answer(std::string const& token, std::string const& end) {
  return nlohmann::json{{"token", token}, {"expires_at", end}, {"permissions", {{"x", "y"}}}}
      .dump();
}

TEST(TokenRequest, AsksForTheRepositoriesContentsAndNothingElse) {
  HttpRequest const request = MakeTokenRequest(Installation(), Jwt());
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api.github.com/app/installations/34/access_tokens");
  EXPECT_THAT(request.headers, Contains(Pair("Authorization", "Bearer " + Jwt().Reveal())));
  EXPECT_EQ(nlohmann::json::parse(request.body),
            nlohmann::json::parse(
                R"({"repositories":["drivers","drivers-2"],"permissions":{"contents":"write"}})"));
  EXPECT_EQ(request.max_redirects, 0);
  EXPECT_LT(request.total_timeout, absl::InfiniteDuration());
}

TEST(TokenAnswer, HoldsTheTokenAndItsEnd) {
  ASSERT_OK_AND_ASSIGN(AccessToken const token, Read(201, Answer(kToken, "2027-01-15T08:59:00Z")));
  EXPECT_EQ(token.secret.Reveal(), kToken);
  EXPECT_EQ(token.expires_at, kNow + absl::Minutes(59));
}

TEST(TokenAnswer, IsWiped) {
  HttpResponse response{.status = 201, .body = Answer(kToken, "2027-01-15T08:59:00Z")};
  EXPECT_OK(ReadTokenAnswer(Installation(), response, Jwt(), kNow));
  EXPECT_EQ(response.body, "");
}

TEST(TokenAnswer, EndsInAnHourAtMost) {
  for (char const* const end : {"2099-01-01T00:00:00Z", "infinite-future"}) {
    ASSERT_OK_AND_ASSIGN(AccessToken const token, Read(201, Answer(kToken, end)));
    EXPECT_EQ(token.expires_at, kNow + absl::Hours(1));
  }
}

TEST(TokenAnswer, IsNoneWhenAnythingIsMissingOrBroken) {
  for (std::string const& body :
       {std::string(), std::string("<html>"), std::string("[]"), std::string("null"),
        std::string(R"({"token":7,"expires_at":"2027-01-15T08:59:00Z"})"),
        std::string(R"({"expires_at":"2027-01-15T08:59:00Z"})"),
        std::string(R"({"token":"ghs_1"})"), std::string(R"({"token":"ghs_1","expires_at":3})"),
        Answer("ghs_1", "tomorrow"), Answer("ghs_1", "2027-01-15T08:00:30Z"),
        Answer("ghs_1", "infinite-past"), Answer("ghs_1\r\nX: 1", "2027-01-15T08:59:00Z"),
        Answer("", "2027-01-15T08:59:00Z")}) {
    EXPECT_THAT(Read(201, body), StatusIs(absl::StatusCode::kUnavailable,
                                          AllOf(HasSubstr("App 12"), Not(HasSubstr("ghs_1")))))
        << body;
  }
}

struct Case {
  int status;
  absl::StatusCode code;
  std::string advice;
};

TEST(TokenAnswer, SaysWhatToDoAboutARefusal) {
  for (Case const& c : {Case{401, absl::StatusCode::kUnauthenticated, "clock right"},
                        Case{403, absl::StatusCode::kPermissionDenied, "suspended"},
                        Case{404, absl::StatusCode::kNotFound, "installation's id"},
                        Case{422, absl::StatusCode::kPermissionDenied, "Contents: read and write"},
                        Case{302, absl::StatusCode::kUnavailable, "asked again"},
                        Case{502, absl::StatusCode::kUnavailable, "asked again"}}) {
    EXPECT_THAT(Read(c.status, R"({"message":"what GitHub says"})"),
                StatusIs(c.code, AllOf(HasSubstr("installation 34 of GitHub App 12"),
                                       HasSubstr("what GitHub says"), HasSubstr(c.advice))));
  }
}

TEST(TokenAnswer, QuotesNothingThatHoldsAPartOfTheJwt) {
  for (std::string const part : {"eyJhbGci", "eyJpYXQi", "c2lnbmF0dXJl"}) {
    EXPECT_THAT(Read(401, absl::StrCat(R"({"message":"cannot decode )", part, R"("})")),
                StatusIs(absl::StatusCode::kUnauthenticated,
                         AllOf(Not(HasSubstr(part)), Not(HasSubstr("cannot decode")))));
  }
}

TEST(TokenAnswer, QuotesALongOrStrangeMessageShortAndEscaped) {
  absl::Status const status =
      Read(401, absl::StrCat(R"({"message":"a\nb)", std::string(5000, 'x'), R"("})")).status();
  EXPECT_LT(status.message().size(), 500U);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("a\\nb"), Not(HasSubstr("\n"))));
}

}  // namespace
}  // namespace probefarm
