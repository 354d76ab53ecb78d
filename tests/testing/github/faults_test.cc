#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/run_at_once.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/farm/wait_until.h"
#include "tests/testing/github/github_fixture.h"

namespace probefarm {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr char kRepository[] = "/repos/o/r";

class FakeFaults : public GitHubTest {
 protected:
  void SetUp() override {
    GitHubTest::SetUp();
    release = CreateRelease("1");
  }

  absl::StatusOr<HttpResponse> TryUpload(std::string const& name,
                                         std::string const& bytes = "bytes") {
    return TrySend("POST", UploadUrl(release, name), bytes);
  }
  std::vector<FakeAsset> Assets() { return github->Releases("o/r").at(0).assets; }

  int64_t release = 0;
};

TEST_F(FakeFaults, DropBeforeAnythingIsDone) {
  Plant("drop kind=upload");
  EXPECT_THAT(TryUpload("a"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(Assets().empty());
  EXPECT_EQ(TryUpload("a")->status, 201);
  EXPECT_EQ(github->counters().faults_struck, 1);
}

TEST_F(FakeFaults, DropAfterItIsDone) {
  Plant("commit-drop kind=upload");
  EXPECT_THAT(TryUpload("a"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Assets().at(0).state, "uploaded");
  EXPECT_EQ(*Assets().at(0).bytes, "bytes");
  EXPECT_EQ(FirstError(*TryUpload("a")), "already_exists name");
}

TEST_F(FakeFaults, LeaveAStarterBehindABadGateway) {
  Plant("502-starter kind=upload");
  HttpResponse const response = *TryUpload("a");
  EXPECT_EQ(response.status, 502);
  EXPECT_THAT(response.headers.at("content-type"), StartsWith("text/html"));
  Json const asset = GetJson(absl::StrCat(kRepository, "/releases/assets/", Assets().at(0).id));
  EXPECT_EQ(asset["state"], "starter");
  EXPECT_TRUE(asset["digest"].is_null());
  EXPECT_EQ(FirstError(*TryUpload("a")), "already_exists name");
  EXPECT_EQ(Delete(absl::StrCat(kRepository, "/releases/assets/", Assets().at(0).id)).status, 204);
  EXPECT_EQ(TryUpload("a")->status, 201);
}

TEST_F(FakeFaults, AreABadGatewayAlone) {
  Plant("502 kind=upload");
  EXPECT_EQ(TryUpload("a")->status, 502);
  EXPECT_TRUE(Assets().empty());
}

TEST_F(FakeFaults, AnswerInTheMiddleOfAnUpload) {
  Plant("early kind=upload status=422 bytes=1000");
  HttpRequest request;
  request.method = "POST";
  request.url = UploadUrl(release, "a");
  request.headers = {{"authorization", "Bearer secret"}, {"expect", ""}};
  request.body_size = int64_t{1} << 40;
  std::atomic<int64_t> sent = 0;
  request.body_source = [&](char*, size_t size) -> absl::StatusOr<size_t> {
    sent += static_cast<int64_t>(size);
    return size;
  };
  auto const response = http->Send(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 422);
  EXPECT_EQ(FirstError(*response), "");
  EXPECT_LT(sent, int64_t{1} << 30);
  EXPECT_TRUE(Assets().empty());
}

// Sends to a port what it takes at once, and reads to the end. The errno of the last read, and what
// came.
std::pair<int, std::string> SendRaw(int port, std::string const& bytes) {
  UniqueFd const fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  EXPECT_EQ(connect(fd.get(), reinterpret_cast<sockaddr const*>(&address), sizeof(address)), 0);
  EXPECT_GT(send(fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL), 0);
  std::string came;
  std::array<char, 4096> piece;
  ssize_t got = 0;
  while ((got = recv(fd.get(), piece.data(), piece.size(), 0)) > 0) came.append(piece.data(), got);
  return {got < 0 ? errno : 0, came};
}

// Closed with bytes unread, the connection would be reset, and the answer lost to some clients.
TEST_F(FakeFaults, DoNotResetAConnectionThatWasAnsweredEarly) {
  Plant("early kind=upload");
  std::string const url = github->uploads_url();
  int port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(url.substr(url.rfind(':') + 1), &port));
  auto const [error, came] =
      SendRaw(port, absl::StrCat("POST /repos/o/r/releases/", release,
                                 "/assets?name=a HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n",
                                 std::string(300'000, 'x')));
  EXPECT_EQ(error, 0);
  EXPECT_THAT(came, StartsWith("HTTP/1.1 422 "));
}

TEST_F(FakeFaults, SayWhenToTryAgain) {
  Plant("403-retry-after delay=90s");
  HttpResponse const response = Get(kRepository);
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.headers.at("retry-after"), "90");
  EXPECT_THAT(response.body, HasSubstr("secondary rate limit"));
  EXPECT_EQ(Get(kRepository).status, 200);
}

TEST_F(FakeFaults, SayWhenTheHourBegins) {
  Plant("403-reset delay=120s");
  HttpResponse const response = Get(kRepository);
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.headers.at("x-ratelimit-remaining"), "0");
  EXPECT_EQ(response.headers.at("x-ratelimit-reset"),
            absl::StrCat(absl::ToUnixSeconds(clock.Now() + absl::Seconds(120))));
  EXPECT_EQ(response.headers.count("retry-after"), 0);
}

TEST_F(FakeFaults, SayNothingOfWhen) {
  for (char const* rule : {"403-bare", "429-bare"}) {
    Plant(rule);
    HttpResponse const response = Get(kRepository);
    EXPECT_EQ(response.status, std::string(rule) == "403-bare" ? 403 : 429);
    EXPECT_EQ(response.headers.count("retry-after"), 0);
    EXPECT_EQ(response.headers.count("x-ratelimit-remaining"), 0);
    EXPECT_THAT(response.body, HasSubstr("secondary rate limit"));
  }
}

TEST_F(FakeFaults, AreTooManyRequests) {
  Plant("429 delay=1s");
  HttpResponse const response = Get(kRepository);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.at("retry-after"), "1");
}

TEST_F(FakeFaults, MakeAReleaseImmutableForOneCall) {
  Plant("immutable kind=upload");
  HttpResponse const response = *TryUpload("a");
  EXPECT_EQ(response.status, 422);
  EXPECT_THAT(response.body, HasSubstr("Cannot upload assets to an immutable release."));
  EXPECT_EQ(FirstError(response), "");
}

TEST_F(FakeFaults, EndTheToken) {
  Plant("expire-token skip=1");
  EXPECT_EQ(Get(kRepository).status, 200);
  EXPECT_EQ(Get(kRepository).status, 401);
  EXPECT_EQ(Get(kRepository).status, 401);
}

TEST_F(FakeFaults, LeaveOutTheErrors) {
  TryUpload("a").IgnoreError();
  Plant("no-errors kind=upload");
  HttpResponse const clash = *TryUpload("a");
  EXPECT_EQ(clash.status, 422);
  EXPECT_FALSE(Json::parse(clash.body).contains("errors"));
}

TEST_F(FakeFaults, AnswerAnyStatusAsJsonOrHtml) {
  Plant("status status=503 text=Busy");
  HttpResponse const json = Get(kRepository);
  EXPECT_EQ(json.status, 503);
  EXPECT_EQ(Json::parse(json.body)["message"], "Busy");
  Plant("html status=200");
  HttpResponse const html = Get(kRepository);
  EXPECT_EQ(html.status, 200);
  EXPECT_TRUE(Json::parse(html.body, nullptr, false).is_discarded());
  Plant("404 kind=get-release-by-tag");
  EXPECT_EQ(Get(absl::StrCat(kRepository, "/releases/tags/1")).status, 404);
  EXPECT_EQ(Get(absl::StrCat(kRepository, "/releases/tags/1")).status, 200);
}

TEST_F(FakeFaults, LinkAPageToItselfOrToAnotherHost) {
  std::string const path = absl::StrCat(kRepository, "/releases?per_page=1");
  Plant("link-loop");
  EXPECT_EQ(Get(path).headers.at("link"),
            absl::StrCat("<", github->api_url(), path, ">; rel=\"next\""));
  Plant("link-foreign");
  EXPECT_EQ(Get(path).headers.at("link"),
            absl::StrCat("<", github->storage_url(), "/elsewhere?page=2>; rel=\"next\""));
  Plant("link-foreign text=http://localhost:1/x");
  EXPECT_EQ(Get(path).headers.at("link"), "<http://localhost:1/x>; rel=\"next\"");
}

TEST_F(FakeFaults, RedirectToAnotherHost) {
  Plant("redirect kind=list-releases");
  HttpResponse const response = Get(absl::StrCat(kRepository, "/releases"));
  EXPECT_EQ(response.status, 302);
  EXPECT_THAT(response.headers.at("location"), StartsWith(github->storage_url()));
}

TEST_F(FakeFaults, ChangeWhatBecomesOfAnUpload) {
  Plant("null-digest kind=upload");
  EXPECT_TRUE(Json::parse(TryUpload("a")->body)["digest"].is_null());
  Plant("no-digest kind=upload");
  EXPECT_FALSE(Json::parse(TryUpload("b")->body).contains("digest"));
  Plant("state kind=upload text=quarantined");
  EXPECT_EQ(Json::parse(TryUpload("c")->body)["state"], "quarantined");
  Json const listed = GetJson(absl::StrCat(kRepository, "/releases/", release, "/assets"));
  EXPECT_TRUE(listed[0]["digest"].is_null());
  EXPECT_FALSE(listed[1].contains("digest"));
  EXPECT_EQ(listed[2]["state"], "quarantined");
}

TEST_F(FakeFaults, SendSlowly) {
  Plant("slow bytes=400 delay=1ms");
  HttpResponse const response = Get(kRepository);
  EXPECT_EQ(Json::parse(response.body)["full_name"], "o/r");
}

TEST_F(FakeFaults, SendWithoutEnd) {
  Plant("endless");
  EXPECT_THAT(TrySend("GET", github->api_url() + kRepository),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(FakeFaults, SendHalfOfTheJson) {
  Plant("truncated");
  HttpResponse const response = Get(kRepository);
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, StartsWith("{"));
  EXPECT_TRUE(Json::parse(response.body, nullptr, false).is_discarded());
}

TEST_F(FakeFaults, SendLessThanTheyPromise) {
  Plant("length-long");
  EXPECT_THAT(TrySend("GET", github->api_url() + kRepository),
              StatusIs(absl::StatusCode::kUnavailable));
  Plant("length-short");
  HttpResponse const response = Get(kRepository);
  EXPECT_TRUE(Json::parse(response.body, nullptr, false).is_discarded());
  EXPECT_EQ(Get(kRepository).status, 200);
}

TEST_F(FakeFaults, NeverAnswer) {
  Plant("stall kind=upload");
  HttpRequest request;
  request.method = "POST";
  request.url = UploadUrl(release, "a");
  request.body = "bytes";
  request.idle_timeout = absl::Milliseconds(100);
  EXPECT_THAT(http->Send(request), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(Assets().empty());
}

TEST_F(FakeFaults, AreForgottenWhenCleared) {
  Plant("502 times=0");
  EXPECT_EQ(Get(kRepository).status, 502);
  EXPECT_EQ(Get(kRepository).status, 502);
  github->ClearFaults();
  EXPECT_EQ(Get(kRepository).status, 200);
}

// Uploads half of what it promised, then goes away.
void AbandonUpload(HttpClient& http, std::string const& url) {
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.headers = {{"authorization", "Bearer secret"}};
  request.body_size = 100;
  bool begun = false;
  request.body_source = [&](char* buffer, size_t) -> absl::StatusOr<size_t> {
    if (begun) return absl::AbortedError("gone");
    begun = true;
    *buffer = 'x';
    return 1;
  };
  EXPECT_FALSE(http.Send(request).ok());
}

TEST_F(FakeFaults, LeaveAStarterWhereTheClientWentAway) {
  AbandonUpload(*http, UploadUrl(release, "a"));
  ASSERT_OK(WaitUntil(
      "a starter", [&] { return !Assets().empty(); }, absl::Seconds(10)));
  EXPECT_EQ(Assets().at(0).state, "starter");
  EXPECT_EQ(FirstError(*TryUpload("a")), "already_exists name");
}

TEST_F(FakeFaults, LeaveNothingWhereTheTestSaysSo) {
  Start({.starter_on_abort = false});
  release = CreateRelease("1");
  AbandonUpload(*http, UploadUrl(release, "a"));
  EXPECT_EQ(TryUpload("a")->status, 201);
}

TEST_F(FakeFaults, LetOneOfManyUploadsOfANameThrough) {
  std::atomic<int> uploaded = 0;
  RunAtOnce(8, [&](int i) {
    auto const response = TryUpload("a", std::string(1000 + i, 'x'));
    if (response.ok() && response->status == 201) ++uploaded;
  });
  EXPECT_EQ(uploaded, 1);
  EXPECT_EQ(Assets().size(), 1);
}

}  // namespace
}  // namespace probefarm
