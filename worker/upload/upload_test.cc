#include "worker/upload/upload.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/scripted_http_server.h"

namespace probefarm {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class UploadTest : public testing::Test {
 protected:
  UploadOrder Grant(ScriptedHttpServer const& server) const {
    return {"PUT",
            server.Url("/upload/7?token=x"),
            {{"X-Token", "secret"}},
            clock_.Now() + absl::Minutes(1)};
  }

  UploadReply Send(UploadOrder const& grant, UploadProgress const& progress = nullptr) {
    return Upload(*http_, clock_, grant, path_, progress, nullptr);
  }

  std::string const content_ = std::string(300'000, 'p');
  TemporaryFolder folder_;
  std::string const path_ = folder_.Write("probe.o", content_);
  FakeClock clock_;
  std::unique_ptr<HttpClient> http_ = MakeHttpClient("test");
};

TEST_F(UploadTest, SendsTheFileWithTheGrantsRequest) {
  std::string received;
  ScriptedHttpServer server([&](ScriptedExchange& exchange) {
    received = exchange.ReadBody();
    exchange.Answer(201, "stored", {{"X-Digest", "abc"}});
  });
  UploadReply const answer = Send(Grant(server));
  EXPECT_EQ(answer.http_status, 201);
  EXPECT_EQ(answer.body, "stored");
  EXPECT_EQ(answer.error, "");
  EXPECT_THAT(answer.headers, testing::Contains(Pair("x-digest", "abc")));
  EXPECT_EQ(received, content_);
  ScriptedRequest const request = server.requests().at(0);
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.target, "/upload/7?token=x");
  EXPECT_THAT(request.headers,
              testing::IsSupersetOf({Pair("x-token", "secret"), Pair("content-length", "300000")}));
}

TEST_F(UploadTest, TellsHowMuchIsSent) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.ReadBody();
    exchange.Answer(200);
  });
  int64_t sent = 0;
  Send(Grant(server), [&](int64_t bytes) { sent = bytes; });
  EXPECT_EQ(sent, 300'000);
}

TEST_F(UploadTest, ReturnsARefusalAsItIs) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.ReadBody();
    exchange.Answer(422, "already_exists");
  });
  UploadReply const answer = Send(Grant(server));
  EXPECT_EQ(answer.http_status, 422);
  EXPECT_EQ(answer.body, "already_exists");
}

TEST_F(UploadTest, DoesNotFollowRedirects) {
  ScriptedHttpServer server([&](ScriptedExchange& exchange) {
    exchange.ReadBody();
    exchange.Answer(307, "", {{"Location", "/elsewhere"}});
  });
  EXPECT_EQ(Send(Grant(server)).http_status, 307);
  EXPECT_EQ(server.requests().size(), 1);
}

TEST_F(UploadTest, KeepsTheFirst64KilobytesOfTheAnswer) {
  for (int const status : {200, 500}) {
    ScriptedHttpServer server([&](ScriptedExchange& exchange) {
      exchange.ReadBody();
      exchange.Answer(status, std::string(100'000, 'a'));
    });
    EXPECT_EQ(Send(Grant(server)).body, std::string(64 << 10, 'a')) << status;
  }
}

TEST_F(UploadTest, SaysThatNoAnswerCame) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.HangUp(); });
  UploadReply const answer = Send(Grant(server));
  EXPECT_EQ(answer.http_status, 0);
  EXPECT_NE(answer.error, "");
  EXPECT_THAT(answer.error, Not(HasSubstr("token=x")));
}

TEST_F(UploadTest, EndsAtTheGrantsDeadline) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.WaitForHangUp(); });
  UploadOrder grant = Grant(server);
  grant.deadline = clock_.Now() + absl::Milliseconds(200);
  UploadReply const answer = Send(grant);
  EXPECT_EQ(answer.http_status, 0);
  EXPECT_NE(answer.error, "");
}

TEST_F(UploadTest, DoesNotUseAnExpiredGrant) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.Answer(200); });
  UploadOrder grant = Grant(server);
  grant.deadline = clock_.Now();
  EXPECT_THAT(Send(grant).error, HasSubstr("expired"));
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(UploadTest, NamesAFileThatIsNotThere) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.Answer(200); });
  UploadReply const answer =
      Upload(*http_, clock_, Grant(server), "/nowhere/probe", nullptr, nullptr);
  EXPECT_THAT(answer.error, HasSubstr("/nowhere/probe"));
}

}  // namespace
}  // namespace probefarm
