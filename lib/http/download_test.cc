#include "lib/http/download.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/scripted_http_server.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

constexpr absl::string_view kContent = "a kernel's headers";

size_t StartOf(ScriptedRequest const& request) {
  auto const range = request.headers.find("range");
  return range == request.headers.end() ? 0 : std::stoul(range->second.substr(6));
}

// Six bytes of what is asked for, then a broken connection.
void AnswerSixBytes(ScriptedExchange& exchange) {
  size_t const from = StartOf(exchange.request());
  exchange.SendRaw(absl::StrCat(
      from == 0 ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 206 Partial Content\r\n",
      "Content-Range: bytes ", from, "-17/18\r\nContent-Length: ", kContent.size() - from,
      "\r\n\r\n", kContent.substr(from, 6)));
  exchange.HangUp();
}

// What is asked for, as a server that knows ranges and has this file gives it.
void AnswerRange(ScriptedExchange& exchange) {
  size_t const from = StartOf(exchange.request());
  if (from == 0) return exchange.Answer(200, kContent);
  if (from >= kContent.size()) return exchange.Answer(416);
  exchange.Answer(206, kContent.substr(from),
                  {{"Content-Range", absl::StrCat("bytes ", from, "-17/18")}});
}

// Answers by path: /good has the content, /other another of the same size, /NNN the status NNN.
void AnswerByPath(ScriptedExchange& exchange) {
  std::string const& target = exchange.request().target;
  if (target == "/good") {
    exchange.Answer(200, kContent, {{"ETag", "\"1\""}, {"Last-Modified", "Sun, 22 Nov 2026"}});
  } else if (target == "/other") {
    exchange.Answer(200, std::string(kContent.size(), 'x'));
  } else if (target == "/short") {
    exchange.SendRaw("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\na ker");
    exchange.HangUp();
  } else if (target == "/slow") {
    AnswerSixBytes(exchange);
  } else if (target == "/ranged") {
    AnswerRange(exchange);
  } else if (target == "/wrong") {
    exchange.SendRaw("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\nwrong");
    exchange.HangUp();
  } else if (target == "/endless") {
    exchange.SendRaw(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n", kContent));
    exchange.HangUp();
  } else if (target == "/lies") {
    exchange.Answer(206, kContent, {{"Content-Range", "bytes 0-17/18"}});
  } else if (target == "/moved") {
    exchange.Answer(302, "", {{"Location", "/good"}});
  } else {
    exchange.Answer(std::stoi(target.substr(1)));
  }
}

class DownloadTest : public testing::Test {
 protected:
  DownloadRequest Request(std::vector<std::string> const& paths) const {
    DownloadRequest request;
    for (std::string const& path : paths) request.urls.push_back(server_.Url(path));
    request.destination = folder_ / "file";
    request.sha256 = Sha256Hex(kContent);
    request.size = kContent.size();
    return request;
  }

  absl::StatusOr<DownloadResult> Run(DownloadRequest const& request) {
    return Download(*http_, request);
  }

  long Files() const {
    return std::distance(std::filesystem::directory_iterator(folder_.path()),
                         std::filesystem::directory_iterator());
  }
  std::string Content() const { return ReadWholeFile(folder_ / "file"); }

  TemporaryFolder folder_;
  ScriptedHttpServer server_{&AnswerByPath};
  std::unique_ptr<HttpClient> http_ = MakeHttpClient("probefarm-test/1");
};

TEST_F(DownloadTest, BringsAVerifiedFile) {
  ASSERT_OK_AND_ASSIGN(DownloadResult const result, Run(Request({"/good"})));
  EXPECT_EQ(Content(), kContent);
  EXPECT_EQ(result.sha256, Sha256Hex(kContent));
  EXPECT_EQ(result.size, kContent.size());
  EXPECT_EQ(result.validators.etag, "\"1\"");
  EXPECT_EQ(result.validators.last_modified, "Sun, 22 Nov 2026");
  EXPECT_EQ(Files(), 1);
}

TEST_F(DownloadTest, TellsTheDigestOfWhatNobodyKnew) {
  DownloadRequest request = Request({"/good"});
  request.sha256 = "";
  request.size = -1;
  ASSERT_OK_AND_ASSIGN(DownloadResult const result, Run(request));
  EXPECT_EQ(result.sha256, Sha256Hex(kContent));
}

TEST_F(DownloadTest, FollowsRedirects) {
  ASSERT_OK(Run(Request({"/moved"})));
  EXPECT_EQ(Content(), kContent);
}

TEST_F(DownloadTest, TriesUrlsInTurn) {
  ASSERT_OK(Run(Request({"/404", "/500", "/short", "/other", "/good", "/never"})));
  EXPECT_EQ(Content(), kContent);
  EXPECT_EQ(server_.requests().size(), 6);  // what broke off was asked for again
  EXPECT_EQ(Files(), 1);
}

TEST_F(DownloadTest, GoesOnWhereAnAnswerBrokeOff) {
  ASSERT_OK(Run(Request({"/slow"})));
  EXPECT_EQ(Content(), kContent);
  ASSERT_EQ(server_.requests().size(), 3);
  EXPECT_THAT(server_.requests()[0].headers, Not(Contains(Key("range"))));
  EXPECT_THAT(server_.requests()[1].headers, Contains(Pair("range", "bytes=6-")));
  EXPECT_THAT(server_.requests()[2].headers, Contains(Pair("range", "bytes=12-")));
}

TEST_F(DownloadTest, StartsAgainWhereAServerGivesTheWhole) {
  ASSERT_OK(Run(Request({"/short", "/good"})));
  EXPECT_EQ(Content(), kContent);
}

TEST_F(DownloadTest, TakesNoOtherPartThanItAskedFor) {
  ASSERT_OK(Run(Request({"/short", "/lies", "/good"})));
  EXPECT_EQ(Content(), kContent);
  EXPECT_EQ(server_.requests().back().target, "/good");
}

TEST_F(DownloadTest, StartsAgainWhenWhatWasPiecedTogetherIsNotTheFile) {
  ASSERT_OK(Run(Request({"/wrong", "/ranged"})));
  EXPECT_EQ(Content(), kContent);
  EXPECT_THAT(server_.requests().back().headers, Not(Contains(Key("range"))));
}

TEST_F(DownloadTest, AsksForNoPartBeyondTheEnd) {
  ASSERT_OK(Run(Request({"/endless", "/ranged"})));
  EXPECT_EQ(Content(), kContent);
}

TEST_F(DownloadTest, WhatIsNotVerifiedIsNotPiecedTogether) {
  DownloadRequest request = Request({"/slow"});
  request.sha256 = "";
  EXPECT_THAT(Run(request), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(server_.requests().size(), 1);
}

TEST_F(DownloadTest, IsNotFoundWhenNoUrlHasIt) {
  EXPECT_THAT(Run(Request({"/404", "/410"})),
              StatusIs(absl::StatusCode::kNotFound, EndsWith("/410: HTTP status 410")));
  EXPECT_EQ(Files(), 0);
}

TEST_F(DownloadTest, IsUnavailableWhenAUrlMayHaveItLater) {
  EXPECT_THAT(Run(Request({"/503", "/other", "/404"})),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("/503"), EndsWith("/404: HTTP status 404"))));
  EXPECT_THAT(Run(Request({"/403"})), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Run(Request({"/short"})), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Files(), 0);
}

TEST_F(DownloadTest, NamesBothDigests) {
  EXPECT_THAT(Run(Request({"/other", "/404"})),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr(Sha256Hex(kContent)), HasSubstr("/other"),
                             HasSubstr(Sha256Hex(std::string(kContent.size(), 'x'))))));
  EXPECT_EQ(Files(), 0);
}

TEST_F(DownloadTest, NamesBothSizes) {
  DownloadRequest request = Request({"/good"});
  request.size = 100;
  EXPECT_THAT(Run(request),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("expected 100 bytes, got 18")));
  request.size = 10;
  EXPECT_THAT(Run(request), StatusIs(absl::StatusCode::kDataLoss,
                                     HasSubstr("expected 10 bytes, got at least 18")));
  EXPECT_EQ(Files(), 0);
}

TEST_F(DownloadTest, IsBounded) {
  DownloadRequest request = Request({"/good", "/good"});
  request.size = -1;
  request.max_bytes = 17;
  EXPECT_THAT(Run(request), StatusIs(absl::StatusCode::kResourceExhausted,
                                     HasSubstr("more than the 17 bytes allowed")));
  EXPECT_EQ(server_.requests().size(), 1);
  EXPECT_EQ(Files(), 0);
}

TEST_F(DownloadTest, AFailureLeavesTheOldFile) {
  folder_.Write("file", "old");
  EXPECT_FALSE(Run(Request({"/other"})).ok());
  EXPECT_EQ(Content(), "old");
  EXPECT_EQ(Files(), 1);
}

TEST_F(DownloadTest, AsksConditionally) {
  folder_.Write("file", "old");
  DownloadRequest request = Request({"/304"});
  request.validators = {"\"1\"", "Sat, 21 Nov 2026"};
  ASSERT_OK_AND_ASSIGN(DownloadResult const result, Run(request));
  EXPECT_TRUE(result.not_modified);
  EXPECT_EQ(result.validators.etag, "\"1\"");
  EXPECT_THAT(server_.requests().front().headers,
              AllOf(Contains(Pair("if-none-match", "\"1\"")),
                    Contains(Pair("if-modified-since", "Sat, 21 Nov 2026"))));
  EXPECT_EQ(Content(), "old");
  EXPECT_EQ(Files(), 1);
}

TEST_F(DownloadTest, ValidatorsBelongToOneUrl) {
  DownloadRequest request = Request({"/304", "/good"});
  request.validators = {"\"1\"", ""};
  ASSERT_OK_AND_ASSIGN(DownloadResult const result, Run(request));
  EXPECT_FALSE(result.not_modified);
  EXPECT_THAT(server_.requests().front().headers, Not(Contains(Key("if-none-match"))));
}

TEST_F(DownloadTest, CancellingEndsIt) {
  DownloadRequest request = Request({"/good", "/good"});
  request.cancelled = [] { return true; };
  EXPECT_THAT(Run(request), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(Files(), 0);
}

TEST_F(DownloadTest, NeedsAUrl) {
  EXPECT_THAT(Run(Request({})), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/file")));
}

}  // namespace
}  // namespace probefarm
