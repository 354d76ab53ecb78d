#include "coordinator/releases/github/credentials/app_token.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <functional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"
#include "coordinator/releases/github/credentials/test_app_key.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/run_at_once.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/scripted_http_server.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

constexpr int kCallers = 8;

class AppTokenTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(source_, AppToken::Open({server_.Url(""), 12, 34, {"o/r"}}, key_file_,
                                                 http_.get(), &clock_));
  }

  static std::string PutKey(TemporaryFolder const& folder, PrivateKey const& key) {
    std::string path = folder.Write("app.pem", ToPkcs1(key.get()));
    chmod(path.c_str(), 0600);
    return path;
  }
  // A token named by its number, good for `life`.
  void Grant(ScriptedExchange& exchange, absl::Duration life = absl::Hours(1)) {
    exchange.ReadBody();
    exchange.Answer(201, absl::StrCat(R"({"token":"ghs_)", ++granted_, R"(","expires_at":")",
                                      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", clock_.Now() + life,
                                                       absl::UTCTimeZone()),
                                      R"("})"));
  }
  std::string MustGet() {
    absl::StatusOr<AccessToken> const token = source_->Token();
    EXPECT_OK(token);
    return token.ok() ? token->secret.Reveal() : "";
  }
  size_t asked() const { return server_.requests().size(); }

  FakeClock clock_;
  TemporaryFolder const folder_;
  PrivateKey const key_ = MakeRsaKey();
  std::string const key_file_ = PutKey(folder_, key_);
  std::atomic<int> granted_ = 0;
  // Only changed while no request is under way.
  std::function<void(ScriptedExchange&)> answer_ = [this](ScriptedExchange& e) { Grant(e); };
  ScriptedHttpServer server_{[this](ScriptedExchange& exchange) { answer_(exchange); }};
  std::unique_ptr<HttpClient> const http_ = MakeHttpClient("test");
  std::unique_ptr<AppToken> source_;
};

TEST_F(AppTokenTest, ProvesTheAppByItsKeyAndAsksAtItsInstallation) {
  EXPECT_EQ(asked(), 0U);
  EXPECT_EQ(MustGet(), "ghs_1");
  ScriptedRequest const request = server_.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/app/installations/34/access_tokens");
  absl::string_view jwt = request.headers.at("authorization");
  ASSERT_TRUE(absl::ConsumePrefix(&jwt, "Bearer "));
  EXPECT_EQ(VerifiedPayload(jwt, key_.get()), R"({"iat":1799999940,"exp":1800000540,"iss":12})");
}

TEST_F(AppTokenTest, IsTheSameUntilTenMinutesBeforeItsEnd) {
  EXPECT_EQ(MustGet(), "ghs_1");
  clock_.Advance(absl::Minutes(50));
  EXPECT_EQ(MustGet(), "ghs_1");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(MustGet(), "ghs_2");
  EXPECT_EQ(asked(), 2U);
}

TEST_F(AppTokenTest, DoesNotLiveLongerWhenTheClockIsSetBack) {
  EXPECT_EQ(MustGet(), "ghs_1");
  clock_.Jump(-absl::Hours(3));
  clock_.Advance(absl::Minutes(51));
  EXPECT_EQ(MustGet(), "ghs_2");
}

TEST_F(AppTokenTest, IsUsedToItsEndWhileRenewalFails) {
  EXPECT_EQ(MustGet(), "ghs_1");
  answer_ = [](ScriptedExchange& exchange) { exchange.Answer(503, "<html>"); };
  clock_.Advance(absl::Minutes(51));
  testing::internal::CaptureStderr();
  EXPECT_EQ(MustGet(), "ghs_1");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("is not renewed"));
  clock_.Advance(absl::Minutes(8));
  EXPECT_EQ(MustGet(), "ghs_1");
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(source_->Token(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("App 12")));
  answer_ = [this](ScriptedExchange& e) { Grant(e); };
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(MustGet(), "ghs_2");
}

TEST_F(AppTokenTest, AsksAgainTenSecondsAfterAFailureAtTheEarliest) {
  answer_ = [](ScriptedExchange& exchange) { exchange.HangUp(); };
  EXPECT_THAT(source_->Token(), StatusIs(absl::StatusCode::kUnavailable));
  size_t const asked_first = asked();
  clock_.Advance(absl::Seconds(9));
  EXPECT_THAT(source_->Token(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(asked(), asked_first);
  answer_ = [this](ScriptedExchange& e) { Grant(e); };
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(MustGet(), "ghs_1");
}

TEST_F(AppTokenTest, AsksNoMoreOftenWhenTokensAreShortLived) {
  answer_ = [this](ScriptedExchange& e) { Grant(e, absl::Minutes(5)); };
  EXPECT_EQ(MustGet(), "ghs_1");
  EXPECT_EQ(MustGet(), "ghs_1");
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(MustGet(), "ghs_2");
}

TEST_F(AppTokenTest, IsNotHandedOutOnceRejected) {
  EXPECT_EQ(MustGet(), "ghs_1");
  source_->Reject(Secret(std::string("ghs_0")));
  EXPECT_EQ(MustGet(), "ghs_1");
  source_->Reject(Secret(std::string("ghs_1")));
  EXPECT_THAT(source_->Token(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("App 12")));
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(MustGet(), "ghs_2");
}

TEST_F(AppTokenTest, IsRenewedWithTheKeyThatTheFileHoldsThen) {
  MustGet();
  PrivateKey const other = MakeRsaKey();
  PutKey(folder_, other);
  clock_.Advance(absl::Minutes(55));
  EXPECT_EQ(MustGet(), "ghs_2");
  std::string const header = server_.requests().at(1).headers.at("authorization");
  EXPECT_NE(VerifiedPayload(header.substr(sizeof("Bearer ") - 1), other.get()), "");
}

TEST_F(AppTokenTest, IsFetchedOnceForManyWhoWait) {
  absl::Notification go;
  answer_ = [&](ScriptedExchange& exchange) {
    go.WaitForNotification();
    Grant(exchange);
  };
  std::atomic<int> begun = 0;
  std::atomic<int> served = 0;
  RunAtOnce(kCallers, [&](int) {
    if (++begun == kCallers) go.Notify();
    served += MustGet() == "ghs_1" ? 1 : 0;
  });
  EXPECT_EQ(served, kCallers);
  EXPECT_EQ(asked(), 1U);
}

TEST_F(AppTokenTest, KeepsNobodyWaitingWhileTheOldOneIsGood) {
  EXPECT_EQ(MustGet(), "ghs_1");
  clock_.Advance(absl::Minutes(55));
  absl::Notification asked;
  absl::Notification go;
  answer_ = [&](ScriptedExchange& exchange) {
    asked.Notify();
    go.WaitForNotification();
    Grant(exchange);
  };
  std::thread renewer([&] { EXPECT_EQ(MustGet(), "ghs_2"); });
  asked.WaitForNotification();
  EXPECT_EQ(MustGet(), "ghs_1");
  go.Notify();
  renewer.join();
  EXPECT_EQ(MustGet(), "ghs_2");
}

TEST_F(AppTokenTest, SharesAFailureAmongThoseWhoWait) {
  answer_ = [](ScriptedExchange& exchange) { exchange.Answer(404, R"({"message":"Not Found"})"); };
  RunAtOnce(kCallers,
            [&](int) { EXPECT_THAT(source_->Token(), StatusIs(absl::StatusCode::kNotFound)); });
  EXPECT_EQ(asked(), 1U);
}

}  // namespace
}  // namespace probefarm
