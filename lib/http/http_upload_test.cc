#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <string>

#include "lib/http/http_client.h"
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

constexpr size_t kSixtyFourKilobytes = size_t{64} << 10;
constexpr int64_t kFiftyMegabytes = int64_t{50} << 20;

HttpRequest Post(std::string url, std::string body) {
  HttpRequest request;
  request.url = std::move(url);
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

// A source of `size` bytes that counts what was taken.
BodySource Zeros(int64_t size, std::atomic<int64_t>& taken) {
  return [size, &taken](char* buffer, size_t capacity) -> absl::StatusOr<size_t> {
    size_t const given = std::min(capacity, static_cast<size_t>(size - taken));
    std::fill(buffer, buffer + given, '\0');
    taken += static_cast<int64_t>(given);
    return given;
  };
}

class HttpUploadTest : public testing::Test {
 protected:
  std::unique_ptr<HttpClient> client_ = MakeHttpClient("probefarm-test/1");
};

TEST_F(HttpUploadTest, SendsABodyFromMemoryWithItsLength) {
  std::string received;
  ScriptedHttpServer server([&](ScriptedExchange& exchange) {
    received = exchange.ReadBody();
    exchange.Answer(201);
  });
  HttpRequest request = Post(server.Url("/"), "{}");
  request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
  ASSERT_OK(client_->Send(request));
  EXPECT_EQ(received, "{}");
  EXPECT_THAT(
      server.requests().front().headers,
      AllOf(Contains(Pair("content-length", "2")), Contains(Pair("x-empty", "")),
            Contains(Pair("content-type", "application/json")), Not(Contains(Key("expect")))));
}

TEST_F(HttpUploadTest, AnEmptyPostHasALength) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.Answer(204); });
  ASSERT_OK(client_->Send(Post(server.Url("/"), "")));
  EXPECT_THAT(server.requests().front().headers, Contains(Pair("content-length", "0")));
}

TEST_F(HttpUploadTest, StreamsABodyOfKnownSize) {
  std::string received;
  ScriptedHttpServer server([&](ScriptedExchange& exchange) {
    received = exchange.ReadBody();
    exchange.Answer(201);
  });
  std::atomic<int64_t> taken = 0;
  HttpRequest request = Post(server.Url("/"), "");
  request.body_size = 1'000'000;
  request.body_source = Zeros(request.body_size, taken);
  ASSERT_OK(client_->Send(request));
  EXPECT_EQ(received.size(), 1'000'000);
  EXPECT_THAT(server.requests().front().headers,
              AllOf(Contains(Pair("content-length", "1000000")), Not(Contains(Key("expect")))));
}

TEST_F(HttpUploadTest, StreamsABodyOfUnknownSizeInChunks) {
  std::string received;
  ScriptedHttpServer server([&](ScriptedExchange& exchange) {
    received = exchange.ReadBody();
    exchange.Answer(201);
  });
  std::atomic<int64_t> taken = 0;
  HttpRequest request = Post(server.Url("/"), "");
  request.body_source = Zeros(1'000'000, taken);
  ASSERT_OK(client_->Send(request));
  EXPECT_EQ(received.size(), 1'000'000);
  EXPECT_THAT(server.requests().front().headers, Contains(Pair("transfer-encoding", "chunked")));
}

TEST_F(HttpUploadTest, ASourceThatFailsEndsTheTransfer) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.ReadBody(); });
  HttpRequest request = Post(server.Url("/"), "");
  request.body_source = [](char*, size_t) { return absl::DataLossError("disk says no"); };
  EXPECT_THAT(client_->Send(request),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("disk says no")));
}

TEST_F(HttpUploadTest, ASourceShorterThanAnnouncedIsRefused) {
  ScriptedHttpServer server([](ScriptedExchange& exchange) { exchange.ReadBody(); });
  std::atomic<int64_t> taken = 0;
  HttpRequest request = Post(server.Url("/"), "");
  request.body_size = 10;
  request.body_source = Zeros(4, taken);
  EXPECT_THAT(client_->Send(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("4 of 10 bytes")));
}

TEST_F(HttpUploadTest, AnEarlyAnswerEndsTheUploadThoughTheServerHangsUp) {
  std::promise<void> hung_up;
  std::future<void> gone = hung_up.get_future();
  ScriptedHttpServer server([&](ScriptedExchange& exchange) {
    exchange.ReadRaw(kSixtyFourKilobytes);
    exchange.Answer(422, "already exists");
    exchange.HangUp();
    hung_up.set_value();
  });
  // After the first pieces the source waits for the reset, so that the next send would meet it.
  std::atomic<int64_t> taken = 0;
  BodySource const zeros = Zeros(kFiftyMegabytes, taken);
  HttpRequest request = Post(server.Url("/"), "");
  request.body_size = kFiftyMegabytes;
  request.body_source = [&](char* buffer, size_t capacity) {
    if (taken > static_cast<int64_t>(kSixtyFourKilobytes)) gone.wait();
    return zeros(buffer, capacity);
  };
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(request));
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.body, "already exists");
  EXPECT_LT(taken, kFiftyMegabytes);
}

TEST_F(HttpUploadTest, AnEarlyAnswerEndsTheUploadThoughTheServerStaysOn) {
  for (int const status : {200, 422}) {
    ScriptedHttpServer server([status](ScriptedExchange& exchange) {
      if (exchange.request().method == "GET") return exchange.Answer(200, "next");
      exchange.ReadRaw(kSixtyFourKilobytes);
      exchange.Answer(status, "enough");
      exchange.WaitForHangUp();
    });
    std::atomic<int64_t> taken = 0;
    HttpRequest request = Post(server.Url("/"), "");
    request.body_size = kFiftyMegabytes;
    request.body_source = Zeros(kFiftyMegabytes, taken);
    ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(request));
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.body, "enough");
    EXPECT_LT(taken, kFiftyMegabytes);
    HttpRequest next;
    next.url = server.Url("/");
    ASSERT_OK_AND_ASSIGN(HttpResponse const answer, client_->Send(next));
    EXPECT_EQ(answer.body, "next");
  }
}

TEST_F(HttpUploadTest, AnAnswerThatBeginsEarlyDoesNotEndTheUpload) {
  int64_t received = 0;
  ScriptedHttpServer server([&](ScriptedExchange& exchange) {
    exchange.SendRaw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
    for (int i = 0; i < 3; ++i) {
      exchange.SendRaw(".");
      received += static_cast<int64_t>(exchange.ReadRaw(1 << 20).size());
    }
    received += static_cast<int64_t>(exchange.ReadBody().size());
    exchange.SendRaw("!");
  });
  std::atomic<int64_t> taken = 0;
  HttpRequest request = Post(server.Url("/"), "");
  request.body_size = kFiftyMegabytes;
  request.body_source = Zeros(kFiftyMegabytes, taken);
  ASSERT_OK_AND_ASSIGN(HttpResponse const response, client_->Send(request));
  EXPECT_EQ(response.body, "...!");
  EXPECT_EQ(received, kFiftyMegabytes);
}

}  // namespace
}  // namespace probefarm
