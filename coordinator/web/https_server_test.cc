// The HTTP server with a certificate, asked by our own client.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "coordinator/web/http_server.h"
#include "lib/files/unique_fd.h"
#include "lib/http/http_client.h"
#include "lib/runtime/mutex.h"
#include "lib/runtime/status_matchers.h"
#include "lib/runtime/subprocess.h"
#include "lib/tls/test_authority.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr size_t kMegabyte = size_t{1} << 20;
constexpr absl::StatusCode kUnavailable = absl::StatusCode::kUnavailable;

class FilePage final : public HttpHandler {
 public:
  explicit FilePage(std::string path) : path_(std::move(path)) {}
  HttpAnswer Answer(IncomingRequest const& /*request*/) override {
    return {.file = FileBody{OpenFile(path_, O_RDONLY).value(), 0, 20 * kMegabyte}};
  }

 private:
  std::string const path_;
};

class CountingSink final : public RequestBodySink {
 public:
  std::optional<HttpAnswer> Write(absl::string_view piece) override {
    count_ += piece.size();
    return std::nullopt;
  }
  HttpAnswer Finish() override { return TextAnswer(201, absl::StrCat(count_)); }

 private:
  size_t count_ = 0;
};

class CountingPage final : public HttpHandler {
 public:
  BodyReception Receive(IncomingRequest const& /*request*/) override {
    return std::make_unique<CountingSink>();
  }
};

class HttpsServerTest : public testing::Test {
 protected:
  void Start(TlsFiles const& files, HttpServerOptions const& options = {}) {
    HttpRoutes routes;
    routes.Add("/file", std::make_unique<FilePage>(
                            authority_.folder().Write("file", std::string(20 * kMegabyte, 'f'))));
    routes.Add("/count", std::make_unique<CountingPage>());
    ASSERT_OK_AND_ASSIGN(ListenSocket socket, ListenSocket::Bind("127.0.0.1:0"));
    ASSERT_OK_AND_ASSIGN(server_, HttpServer::Start(std::move(socket), std::move(routes), options,
                                                    Pair(files), &metrics_));
  }

  static HttpsPair Pair(TlsFiles const& files) {
    return {ReadWholeFile(files.certificate), ReadWholeFile(files.key)};
  }
  std::unique_ptr<HttpClient> ClientOf(std::string ca, std::string host = "localhost") const {
    return MakeHttpClient("test", {std::move(host), [ca = std::move(ca)] { return ca; }});
  }
  std::string Url(std::string const& path, std::string const& host = "localhost") const {
    return absl::StrCat("https://", host, ":", server_->port(), path);
  }
  HttpRequest Put(size_t size) const {
    return {.method = "PUT", .url = Url("/count"), .body = std::string(size, 'x')};
  }

  UniqueFd Connect() const {
    UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(server_->port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
    return fd;
  }
  // Sends bytes and waits until the server hangs up.
  std::string Throw(std::string const& bytes) const {
    UniqueFd const fd = Connect();
    send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    std::string all;
    char piece[512];
    for (ssize_t n = 0; (n = recv(fd.get(), piece, sizeof(piece), 0)) > 0;) all.append(piece, n);
    return all;
  }

  TestAuthority const authority_;
  TestCertificate const here_ = {.common_name = "farm",
                                 .alternative_names = "DNS:localhost,IP:127.0.0.1"};
  TlsFiles const files_ = authority_.Issue("farm", here_);
  Metrics metrics_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpsServerTest, MovesLargeBodiesBothWays) {
  ASSERT_NO_FATAL_FAILURE(Start(files_));
  auto const client = ClientOf(authority_.ca());
  ASSERT_OK_AND_ASSIGN(HttpResponse const put, client->Send(Put(20 * kMegabyte)));
  EXPECT_EQ(put.body, absl::StrCat(20 * kMegabyte, "\n"));
  HttpRequest get{.url = Url("/file")};
  get.max_body_bytes = 32 * kMegabyte;
  ASSERT_OK_AND_ASSIGN(HttpResponse const got, client->Send(get));
  EXPECT_EQ(got.body, std::string(20 * kMegabyte, 'f'));
}

TEST_F(HttpsServerTest, SendsTheIntermediatesToo) {
  ASSERT_NO_FATAL_FAILURE(Start(authority_.IssueByIntermediate("chained", here_)));
  EXPECT_OK(ClientOf(authority_.ca())->Send(Put(1)));
}

TEST_F(HttpsServerTest, IsBelievedByItsAuthorityAndNameOnly) {
  ASSERT_NO_FATAL_FAILURE(Start(files_));
  TestAuthority const other;
  EXPECT_THAT(ClientOf(other.ca())->Send(Put(1)), StatusIs(kUnavailable));
  TlsFiles const elsewhere = authority_.Issue(
      "elsewhere", {.common_name = "localhost", .alternative_names = "DNS:elsewhere.example"});
  ASSERT_OK(server_->UsePair(Pair(elsewhere)));
  EXPECT_THAT(ClientOf(authority_.ca())->Send(Put(1)), StatusIs(kUnavailable));
}

TEST_F(HttpsServerTest, AnAuthorityIsBelievedAtItsHostOnly) {
  ASSERT_NO_FATAL_FAILURE(Start(files_));
  auto const client = ClientOf(authority_.ca(), "farm.example");
  EXPECT_THAT(client->Send({.url = Url("/file", "127.0.0.1")}), StatusIs(kUnavailable));
  EXPECT_OK(ClientOf(authority_.ca(), "127.0.0.1")
                ->Send({.method = "HEAD", .url = Url("/file", "127.0.0.1")}));
}

TEST_F(HttpsServerTest, AClientThatTrustsAnotherAuthorityNowUsesNoConnectionOfBefore) {
  ASSERT_NO_FATAL_FAILURE(Start(files_));
  std::string ca = authority_.ca();
  auto const client = MakeHttpClient("test", {"localhost", [&ca] { return ca; }});
  HttpRequest const head{.method = "HEAD", .url = Url("/file")};
  EXPECT_OK(client->Send(head));
  TestAuthority const next;
  ca = next.ca();
  EXPECT_THAT(client->Send(head), StatusIs(kUnavailable));
  ASSERT_OK(server_->UsePair(Pair(next.Issue("farm", here_))));
  EXPECT_OK(client->Send(head));
}

TEST_F(HttpsServerTest, ANewCertificateCutsNoTransfer) {
  ASSERT_NO_FATAL_FAILURE(Start(files_));
  TestAuthority const next;
  std::promise<void> begun;
  std::promise<void> go_on;
  size_t left = 10 * kMegabyte;
  HttpRequest upload = Put(0);
  upload.body_size = static_cast<int64_t>(left);
  upload.body_source = [&](char* buffer, size_t size) -> absl::StatusOr<size_t> {
    if (left == 5 * kMegabyte) {
      begun.set_value();
      go_on.get_future().wait();
    }
    size_t const part = std::min({size, left, left > 5 * kMegabyte ? left - 5 * kMegabyte : left});
    std::fill_n(buffer, part, 'x');
    left -= part;
    return part;
  };
  auto const old_client = ClientOf(authority_.ca());
  auto sent = std::async(std::launch::async, [&] { return old_client->Send(upload); });
  begun.get_future().wait();
  ASSERT_OK(server_->UsePair(Pair(next.Issue("farm", here_))));
  server_->FreeRetired();
  EXPECT_OK(ClientOf(next.ca())->Send(Put(1)));
  EXPECT_THAT(ClientOf(authority_.ca())->Send(Put(1)), StatusIs(kUnavailable));
  go_on.set_value();
  absl::StatusOr<HttpResponse> const response = sent.get();
  ASSERT_OK(response);
  EXPECT_EQ(response->body, absl::StrCat(10 * kMegabyte, "\n"));
  EXPECT_EQ(response->headers.at("connection"), "close");
  EXPECT_THAT(old_client->Send(Put(1)), StatusIs(kUnavailable));
}

TEST_F(HttpsServerTest, ACertificateThatCannotBeServedChangesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start(files_));
  EXPECT_THAT(server_->UsePair({"no certificate", "no key"}), StatusIs(kUnavailable));
  EXPECT_OK(ClientOf(authority_.ca())->Send(Put(1)));
}

TEST_F(HttpsServerTest, HangsUpOnPlainTextAndGarbage) {
  ASSERT_NO_FATAL_FAILURE(Start(files_));
  EXPECT_THAT(Throw("GET /file HTTP/1.1\r\nHost: h\r\n\r\n"), SizeIs(testing::Lt(100U)));
  Throw(std::string(100'000, '\xff'));
  Throw(std::string("\x16\x03\x01\xff\xff", 5) + std::string(70'000, '\0'));
  EXPECT_OK(ClientOf(authority_.ca())->Send(Put(1)));
}

TEST_F(HttpsServerTest, HangsUpOnWhoDoesNotGetOnWithTls) {
  ASSERT_NO_FATAL_FAILURE(Start(files_, {.idle_timeout = absl::Seconds(1)}));
  Throw("");
  Throw("\x16\x03\x01");
  EXPECT_OK(ClientOf(authority_.ca())->Send(Put(1)));
}

TEST_F(HttpsServerTest, SpeaksNoTlsOlderThan1Point2) {
  ASSERT_NO_FATAL_FAILURE(Start(files_));
  std::string const at = absl::StrCat("127.0.0.1:", server_->port());
  for (auto const& [version, works] : {std::pair("-tls1_1", false), std::pair("-tls1_2", true)}) {
    ASSERT_OK_AND_ASSIGN(SubprocessResult const tried,
                         RunSubprocess({.argv = {"openssl", "s_client", "-connect", at, version,
                                                 "-cipher", "ALL:@SECLEVEL=0"}}));
    EXPECT_EQ(tried.exit_code == 0, works) << version << tried.errors;
  }
}

}  // namespace
}  // namespace probefarm
