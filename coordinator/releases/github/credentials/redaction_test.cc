#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <functional>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/releases/github/credentials/make_token_source.h"
#include "coordinator/releases/github/credentials/test_app_key.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/log.h"
#include "lib/runtime/mutex.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/scripted_http_server.h"

// No failure of the credentials tells a secret: each is provoked with planted ones, and everything
// that it says, by status and by log, is searched for them.
namespace probefarm {
namespace {

constexpr char kPlanted[] = "ghp_PLANTEDplantedPLANTED0123456789";

class Redaction : public testing::Test {
 protected:
  void SetUp() override {
    SetLogLevel(LogLevel::kDebug);
    testing::internal::CaptureStderr();
    Plant(kPlanted);
    for (absl::string_view const line : absl::StrSplit(key_pem_, '\n'))
      if (!absl::StrContains(line, "-----")) Plant(std::string(line));
  }

  // Everything said so far has none of the secrets, the JWTs that were sent included. How often
  // something was said.
  size_t Search() {
    said_.push_back(testing::internal::GetCapturedStderr());
    SetLogLevel(LogLevel::kInfo);
    for (ScriptedRequest const& request : server_.requests()) PlantJwt(request);
    for (std::string const& text : said_) {
      for (std::string const& secret : planted_)
        EXPECT_FALSE(absl::StrContains(text, secret)) << "said: " << text;
    }
    return said_.size();
  }

  void Plant(std::string const& secret) {
    if (secret.size() >= 8) planted_.insert(secret);
  }
  void PlantJwt(ScriptedRequest const& request) {
    auto const found = request.headers.find("authorization");
    ASSERT_NE(found, request.headers.end());
    std::string const jwt = found->second.substr(sizeof("Bearer ") - 1);
    for (absl::string_view const part : absl::StrSplit(jwt, '.')) Plant(std::string(part));
  }

  void MustFail(CredentialsConfig const& config) {
    absl::StatusOr<std::unique_ptr<TokenSource>> source =
        MakeTokenSource(config, server_.Url(""), {"o/r"}, http_.get(), &clock_);
    absl::Status status = source.status();
    if (source.ok()) status = (*source)->Token().status();
    EXPECT_FALSE(status.ok());
    said_.push_back(status.ToString());
    Log(LogLevel::kError, "as a caller would", {{"error", std::string(status.message())}});
  }
  std::string Put(absl::string_view name, std::string const& content, mode_t mode = 0600) const {
    std::string path = folder_.Write(name, content);
    chmod(path.c_str(), mode);
    return path;
  }
  // A request that its client has given up may still be answered, by the answer before.
  void AnswerWith(std::function<void(ScriptedExchange&)> answer) EXCLUDES(mu_) {
    MutexLock lock(mu_);
    answer_ = std::move(answer);
  }
  std::function<void(ScriptedExchange&)> Answer() EXCLUDES(mu_) {
    MutexLock lock(mu_);
    return answer_;
  }
  static CredentialsConfig App(std::string const& key_file) {
    return {AppConfig{12, 34, key_file}};
  }

  FakeClock clock_;
  TemporaryFolder const folder_;
  std::string const key_pem_ = ToPkcs8(MakeRsaKey().get());
  Mutex mu_;
  std::function<void(ScriptedExchange&)> answer_ GUARDED_BY(mu_);
  ScriptedHttpServer server_{[this](ScriptedExchange& exchange) { Answer()(exchange); }};
  std::unique_ptr<HttpClient> const http_ = MakeHttpClient("test");
  std::set<std::string> planted_;
  std::vector<std::string> said_;
};

TEST_F(Redaction, HoldsForEveryTokenThatIsNone) {
  std::vector<std::string> const contents = {
      absl::StrCat(kPlanted, "\n", kPlanted), absl::StrCat(kPlanted, " x"),
      absl::StrCat(kPlanted, std::string(1, '\0')), absl::StrCat(kPlanted, std::string(5000, 'x')),
      absl::StrCat(kPlanted, std::string(50000, 'x'))};
  for (std::string const& content : contents) {
    MustFail({TokenFileConfig{Put("t", content)}});
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody reads the environment meanwhile
    ASSERT_EQ(setenv("PROBEFARM_TEST_PLANTED", absl::StrCat(content.c_str(), " y").c_str(), 1), 0);
    MustFail({TokenEnvConfig{"PROBEFARM_TEST_PLANTED"}});
  }
  MustFail({TokenFileConfig{Put("t", kPlanted, 0644)}});
  EXPECT_GE(Search(), 11U);
}

TEST_F(Redaction, HoldsForEveryKeyThatIsNone) {
  MustFail(App(Put("k", key_pem_.substr(0, key_pem_.size() / 2))));
  MustFail(App(Put("k", key_pem_, 0640)));
  MustFail(App(Put("k", absl::StrCat(key_pem_, std::string(70000, 'x')))));
  MustFail(App(Put("k", ToPkcs8(MakeRsaKey(1024).get()))));
  EXPECT_GE(Search(), 4U);
}

// What the host does with what it was sent.
void Echo(ScriptedExchange& exchange, int status) {
  std::string const sent = exchange.request().headers.at("authorization");
  exchange.ReadBody();
  exchange.Answer(status, absl::StrCat(R"({"message":"bad )", sent, R"(","token":")", kPlanted,
                                       R"(","expires_at":")", sent, R"("})"));
}

TEST_F(Redaction, HoldsForEveryAnswerThatIsNoToken) {
  std::string const key = Put("k", key_pem_);
  for (int const status : {200, 201, 302, 400, 401, 403, 404, 422, 429, 500, 502}) {
    AnswerWith([status](ScriptedExchange& exchange) { Echo(exchange, status); });
    MustFail(App(key));
  }
  std::vector<std::string> const bodies = {
      kPlanted,
      absl::StrCat(R"({"token":")", kPlanted),
      absl::StrCat(R"({"token":")", kPlanted, R"("})"),
      absl::StrCat(R"({"token":")", kPlanted, R"(\nx","expires_at":"2027-01-15T09:00:00Z"})"),
      absl::StrCat(R"({"token":")", kPlanted, R"(","expires_at":"2020-01-15T09:00:00Z"})"),
      absl::StrCat(kPlanted, std::string(300 << 10, 'x'))};
  for (std::string const& body : bodies) {
    AnswerWith([&body](ScriptedExchange& exchange) { exchange.Answer(201, body); });
    MustFail(App(key));
  }
  EXPECT_GE(Search(), 17U);
}

TEST_F(Redaction, HoldsForEveryWayToGetNoAnswer) {
  std::string const key = Put("k", key_pem_);
  AnswerWith([](ScriptedExchange& exchange) { exchange.HangUp(); });
  MustFail(App(key));
  AnswerWith([](ScriptedExchange& exchange) {
    exchange.SendRaw(absl::StrCat("HTTP/1.1 201 Created\r\nContent-Length: 999\r\n\r\n", kPlanted));
    exchange.HangUp();
  });
  MustFail(App(key));
  AnswerWith([](ScriptedExchange& exchange) {
    exchange.SendRaw(
        absl::StrCat("no HTTP ", exchange.request().headers.at("authorization"), "\r\n\r\n"));
    exchange.HangUp();
  });
  MustFail(App(key));
  EXPECT_GE(Search(), 3U);
}

TEST_F(Redaction, HoldsWhileRenewalFails) {
  AnswerWith([this](ScriptedExchange& exchange) {
    exchange.ReadBody();
    exchange.Answer(201,
                    absl::StrCat(R"({"token":")", kPlanted, R"(","expires_at":")",
                                 absl::FormatTime(absl::RFC3339_sec, clock_.Now() + absl::Hours(1),
                                                  absl::UTCTimeZone()),
                                 R"("})"));
  });
  ASSERT_OK_AND_ASSIGN(
      std::unique_ptr<TokenSource> const source,
      MakeTokenSource(App(Put("k", key_pem_)), server_.Url(""), {"o/r"}, http_.get(), &clock_));
  EXPECT_OK(source->Token());
  clock_.Advance(absl::Minutes(55));
  AnswerWith([](ScriptedExchange& exchange) { Echo(exchange, 401); });
  EXPECT_OK(source->Token());
  EXPECT_EQ(Search(), 1U);
  EXPECT_THAT(said_.back(), testing::HasSubstr("is not renewed"));
}

}  // namespace
}  // namespace probefarm
