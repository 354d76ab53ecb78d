#include "lib/http/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/run_at_once.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/scripted_http_server.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

HttpRequest Get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

HttpRequest Post(std::string url, std::string body) {
  HttpRequest request = Get(std::move(url));
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

class HttpClientTest : public testing::Test {
 protected:
  std::unique_ptr<HttpClient> client_ = MakeHttpClient("probefarm-test/1");
};

TEST_F(HttpClientTest, ReturnsStatusHeadersAndBody) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.Answer(200, "hello", {{"X-Name", "first"}, {"X-NAME", " last "}});
  });
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(Get(server.Url("/a?b=c"))));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_THAT(response.headers, Contains(Pair("x-name", "last")));
  EXPECT_EQ(server.requests().front().target, "/a?b=c");
  EXPECT_THAT(server.requests().front().headers, Contains(Pair("user-agent", "probefarm-test/1")));
}

TEST_F(HttpClientTest, AnyStatusIsAnAnswer) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.Answer(500, "broken"); });
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(Get(server.Url("/"))));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, "broken");
}

TEST_F(HttpClientTest, ForgetsInterimAnswers) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.SendRaw("HTTP/1.1 103 Early Hints\r\nX-Hint: yes\r\n\r\n");
    exchange.Answer(200, "final");
  });
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(Get(server.Url("/"))));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.headers, Not(Contains(Key("x-hint"))));
}

TEST_F(HttpClientTest, ReusesConnections) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.Answer(200); });
  for (int i = 0; i < 3; ++i) ASSERT_OK(client_->Send(Get(server.Url("/"))));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, ASuccessGoesToTheSink) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.Answer(200, "payload"); });
  std::string sunk;
  HttpRequest request = Get(server.Url("/"));
  request.max_body_bytes = 1;
  request.sink = [&](absl::string_view piece) {
    absl::StrAppend(&sunk, piece);
    return absl::OkStatus();
  };
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(request));
  EXPECT_EQ(sunk, "payload");
  EXPECT_EQ(response.body, "");
}

TEST_F(HttpClientTest, AFailureDoesNotReachTheSink) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.Answer(404, "no such"); });
  HttpRequest request = Get(server.Url("/"));
  request.sink = [](absl::string_view) { return absl::InternalError("must not be called"); };
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(request));
  EXPECT_EQ(response.body, "no such");
}

TEST_F(HttpClientTest, TheSinksErrorEndsTheTransfer) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.Answer(200, "payload"); });
  HttpRequest request = Get(server.Url("/"));
  request.sink = [](absl::string_view) { return absl::ResourceExhaustedError("disk full"); };
  EXPECT_THAT(client_->Send(request),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("disk full")));
}

TEST_F(HttpClientTest, BoundsTheBody) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.Answer(200, "0123456789"); });
  HttpRequest request = Get(server.Url("/"));
  request.max_body_bytes = 9;
  EXPECT_THAT(client_->Send(request),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 9 bytes")));
}

TEST_F(HttpClientTest, BoundsTheHead) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.SendRaw("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 100; ++i)
      exchange.SendRaw(absl::StrCat("X-", i, ": ", std::string(10'000, 'x'), "\r\n"));
    exchange.SendRaw("Content-Length: 0\r\n\r\n");
  });
  EXPECT_THAT(client_->Send(Get(server.Url("/"))),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("head")));
}

TEST_F(HttpClientTest, ATruncatedAnswerIsUnavailable) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.SendRaw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    exchange.HangUp();
  });
  EXPECT_THAT(client_->Send(Get(server.Url("/file?token=secret"))),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr(absl::StrCat("GET ", server.Url("/file"), ":")),
                             Not(HasSubstr("secret")))));
}

TEST_F(HttpClientTest, WhatIsNotHttpIsUnavailable) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.SendRaw("SSH-2.0-OpenSSH\r\n\r\n");
    exchange.HangUp();
  });
  EXPECT_THAT(client_->Send(Get(server.Url("/"))), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(HttpClientTest, ARefusedConnectionIsUnavailable) {
  std::string url;
  {
    ScriptedHttpServer const server([](ScriptedExchange&) {});
    url = server.Url("/");
  }
  EXPECT_THAT(client_->Send(Get(url)), StatusIs(absl::StatusCode::kUnavailable, HasSubstr(url)));
}

TEST_F(HttpClientTest, OnlyHttpUrlsAreAsked) {
  for (char const* url : {"file:///etc/passwd", "ftp://localhost/", "localhost", "", "http://"})
    EXPECT_THAT(client_->Send(Get(url)), StatusIs(absl::StatusCode::kInvalidArgument)) << url;
}

TEST_F(HttpClientTest, AHeaderCannotSmuggleAnother) {
  HttpRequest request = Get("http://127.0.0.1/");
  request.headers = {{"X-A", "1\r\nAuthorization: stolen"}};
  EXPECT_THAT(client_->Send(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("X-A")));
}

TEST_F(HttpClientTest, CancelsThoughNoByteMoves) {
  std::promise<void> asked;
  std::shared_future<void> const stalled = asked.get_future().share();
  ScriptedHttpServer server([&](ScriptedExchange& exchange) {
    asked.set_value();
    exchange.WaitForHangUp();
  });
  HttpRequest request = Get(server.Url("/"));
  request.cancelled = [&] {
    return stalled.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  EXPECT_THAT(client_->Send(request), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(HttpClientTest, GivesUpWhenNoByteMoves) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.SendRaw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    exchange.WaitForHangUp();
  });
  HttpRequest request = Get(server.Url("/"));
  request.idle_timeout = absl::Milliseconds(50);
  EXPECT_THAT(client_->Send(request),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("no byte moved for 50ms")));
}

TEST_F(HttpClientTest, GivesUpAfterTheTotalTimeThoughBytesMove) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.SendRaw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
    exchange.WaitForHangUp();
  });
  HttpRequest request = Get(server.Url("/"));
  request.total_timeout = absl::Milliseconds(50);
  EXPECT_THAT(client_->Send(request),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("not done within 50ms")));
}

TEST_F(HttpClientTest, FollowsNoRedirectUnlessAsked) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.Answer(302, "", {{"Location", "/elsewhere"}});
  });
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(Get(server.Url("/"))));
  EXPECT_EQ(response.status, 302);
}

TEST_F(HttpClientTest, FollowsAsManyRedirectsAsAllowed) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    exchange.Answer(302, "", {{"Location", exchange.request().target + "x"}});
  });
  HttpRequest request = Get(server.Url("/"));
  request.max_redirects = 3;
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(request));
  EXPECT_EQ(response.headers.at("location"), "/xxxx");
  EXPECT_EQ(server.requests().size(), 4);
}

TEST_F(HttpClientTest, KeepsHeadersFromAnotherHost) {
  ScriptedHttpServer other([](ScriptedExchange& exchange) { exchange.Answer(200, "there"); });
  ScriptedHttpServer server([&](ScriptedExchange& exchange) {
    exchange.Answer(302, "", {{"Location", other.Url("/asset")}});
  });
  HttpRequest request = Get(server.Url("/"));
  request.max_redirects = 1;
  request.headers = {{"X-Token", "secret"}, {"Authorization", "Bearer secret"}};
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(request));
  EXPECT_EQ(response.body, "there");
  EXPECT_THAT(other.requests().front().headers,
              AllOf(Not(Contains(Key("x-token"))), Not(Contains(Key("authorization")))));
}

TEST_F(HttpClientTest, ThreadsShareAClient) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) {
    std::string const body = exchange.ReadBody();
    exchange.Answer(200, body);
  });
  std::atomic<int> echoed = 0;
  RunAtOnce(8, [&](int t) {
    for (int i = 0; i < 10; ++i) {
      std::string const body = absl::StrCat(t, "/", i);
      absl::StatusOr<HttpResponse> const response = client_->Send(Post(server.Url("/"), body));
      if (response.ok() && response->body == body) ++echoed;
    }
  });
  EXPECT_EQ(echoed, 80);
}

class ScopedEnvironment {
 public:
  ScopedEnvironment(char const* name, std::string const& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~ScopedEnvironment() { unsetenv(name_); }
  ScopedEnvironment(ScopedEnvironment const&) = delete;
  ScopedEnvironment& operator=(ScopedEnvironment const&) = delete;

 private:
  char const* name_;
};

TEST_F(HttpClientTest, TcpGoesThroughTheProxyOfTheEnvironment) {
  ScriptedHttpServer proxy([](ScriptedExchange& exchange) { exchange.Answer(200, "by proxy"); });
  ScopedEnvironment const http_proxy("http_proxy", proxy.Url(""));
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(Get("http://kernels.test/a")));
  EXPECT_EQ(response.body, "by proxy");
  EXPECT_EQ(proxy.requests().front().target, "http://kernels.test/a");
}

TEST(UnixSocketHttpClient, NeverGoesThroughAProxy) {
  ScriptedHttpServer proxy([](ScriptedExchange& exchange) { exchange.Answer(502); });
  ScopedEnvironment const http_proxy("http_proxy", proxy.Url(""));
  TemporaryFolder const folder;
  std::string const path = folder / "socket";
  ScriptedHttpServer server(path, [](ScriptedExchange& exchange) { exchange.Answer(200, "pong"); });
  auto const client = MakeUnixSocketHttpClient(path, "probefarm-test/1");
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client->Send(Get("http://docker/_ping")));
  EXPECT_EQ(response.body, "pong");
  EXPECT_EQ(server.requests().front().headers.at("host"), "docker");
}

TEST(UnixSocketHttpClient, AMissingSocketIsUnavailable) {
  auto const client = MakeUnixSocketHttpClient("/nonexistent.sock", "probefarm-test/1");
  EXPECT_THAT(client->Send(Get("http://docker/_ping")),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("GET http://docker/_ping")));
}

TEST(HttpStatusToStatus, TellsWhatWasRefusedAndWhy) {
  auto const status_of = [](int status) {
    return HttpStatusToStatus({status, {}, "because"}, "create volume");
  };
  EXPECT_OK(status_of(204));
  EXPECT_THAT(status_of(403), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(status_of(404),
              StatusIs(absl::StatusCode::kNotFound, "create volume: HTTP status 404: because"));
  EXPECT_THAT(status_of(409), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(status_of(422), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(status_of(429), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(status_of(503), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace probefarm
