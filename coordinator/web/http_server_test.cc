#include "coordinator/web/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "lib/files/temporary_folder.h"
#include "lib/files/unique_fd.h"
#include "lib/http/http_client.h"
#include "lib/runtime/mutex.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr size_t kMegabyte = size_t{1} << 20;

class EchoPage final : public HttpHandler {
 public:
  HttpAnswer Answer(IncomingRequest const& request) override {
    return TextAnswer(200, request.rest);
  }
};

class FilePage final : public HttpHandler {
 public:
  explicit FilePage(std::string path) : path_(std::move(path)) {}
  HttpAnswer Answer(IncomingRequest const& /*request*/) override {
    return {.file = FileBody{OpenFile(path_, O_RDONLY).value(), 1, 3}};
  }

 private:
  std::string const path_;
};

// Counts a body's bytes; answers 507 as soon as more than `limit` came.
class CountingSink final : public RequestBodySink {
 public:
  explicit CountingSink(size_t limit) : limit_(limit) {}
  std::optional<HttpAnswer> Write(absl::string_view piece) override {
    count_ += piece.size();
    if (count_ > limit_) return TextAnswer(507, "full");
    return std::nullopt;
  }
  HttpAnswer Finish() override { return TextAnswer(201, absl::StrCat(count_)); }

 private:
  size_t const limit_;
  size_t count_ = 0;
};

class CountingPage final : public HttpHandler {
 public:
  BodyReception Receive(IncomingRequest const& request) override {
    if (request.rest == "refuse") return TextAnswer(410, "gone");
    return std::make_unique<CountingSink>(request.rest == "small" ? kMegabyte : 64 * kMegabyte);
  }
};

// Blocks until the test lets it go.
class Gate {
 public:
  void Open() {
    MutexLock lock(mu_);
    open_ = true;
    changed_.NotifyAll();
  }
  void PassThrough() {
    MutexLock lock(mu_);
    ++waiting_;
    changed_.NotifyAll();
    while (!open_) changed_.Wait(mu_);
  }
  void AwaitWaiting(int count) {
    MutexLock lock(mu_);
    while (waiting_ < count) changed_.Wait(mu_);
  }

 private:
  Mutex mu_;
  CondVar changed_;
  int waiting_ GUARDED_BY(mu_) = 0;
  bool open_ GUARDED_BY(mu_) = false;
};

class GatedPage final : public HttpHandler {
 public:
  explicit GatedPage(Gate* gate) : gate_(gate) {}
  HttpAnswer Answer(IncomingRequest const& /*request*/) override {
    gate_->PassThrough();
    return TextAnswer(200, "through");
  }

 private:
  Gate* const gate_;
};

class HttpServerTest : public testing::Test {
 protected:
  void Start(HttpServerOptions const& options = {}) {
    HttpRoutes routes;
    routes.Add("/echo/", std::make_unique<EchoPage>());
    routes.Add("/file", std::make_unique<FilePage>(folder_.Write("file", "01234")));
    routes.Add("/count/", std::make_unique<CountingPage>());
    routes.Add("/gate", std::make_unique<GatedPage>(&gate_));
    ASSERT_OK_AND_ASSIGN(ListenSocket socket, ListenSocket::Bind("127.0.0.1:0"));
    ASSERT_OK_AND_ASSIGN(server_, HttpServer::Start(std::move(socket), std::move(routes), options,
                                                    std::nullopt, &metrics_));
  }

  HttpRequest Request(std::string method, std::string const& path) const {
    return {.method = std::move(method),
            .url = absl::StrCat("http://127.0.0.1:", server_->port(), path)};
  }
  HttpResponse Send(HttpRequest const& request) {
    return client_->Send(request).value_or(HttpResponse{});
  }
  HttpResponse Get(std::string const& path) { return Send(Request("GET", path)); }
  HttpResponse Put(std::string const& path, size_t size) {
    HttpRequest request = Request("PUT", path);
    request.body = std::string(size, 'x');
    return Send(request);
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
  // Everything until the server closes.
  static std::string Read(UniqueFd const& fd) {
    std::string all;
    char piece[4096];
    for (ssize_t n = 0; (n = recv(fd.get(), piece, sizeof(piece), 0)) > 0;) all.append(piece, n);
    return all;
  }
  std::string Raw(std::string const& request) const {
    UniqueFd const fd = Connect();
    EXPECT_EQ(send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    return Read(fd);
  }

  TemporaryFolder folder_;
  Gate gate_;
  Metrics metrics_;
  std::unique_ptr<HttpClient> const client_ = MakeHttpClient("probefarm-test");
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersByRoute) {
  Start();
  EXPECT_EQ(Get("/echo/a%2Bb?query=1").body, "a+b\n");
  EXPECT_EQ(Get("/nowhere").status, 404);
  EXPECT_EQ(Get("/echo/%zz").status, 400);
}

TEST_F(HttpServerTest, SendsAPartOfAFile) {
  Start();
  HttpResponse const response = Get("/file");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "123");
}

TEST_F(HttpServerTest, LeavesTheBodyOutForHead) {
  Start();
  EXPECT_THAT(Raw("HEAD /file HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Length: 3"),
                    testing::EndsWith("\r\n\r\n")));
}

TEST_F(HttpServerTest, NamesTheMethodsThatAPageHas) {
  Start();
  HttpResponse const no_put = Put("/echo/a", 10);
  EXPECT_EQ(no_put.status, 405);
  EXPECT_EQ(no_put.headers.at("allow"), "GET, HEAD");
  EXPECT_EQ(Get("/count/a").headers.at("allow"), "PUT");
  EXPECT_EQ(Send(Request("DELETE", "/echo/a")).status, 405);
}

TEST_F(HttpServerTest, StreamsARequestsBody) {
  Start();
  HttpResponse const response = Put("/count/large", 5 * kMegabyte);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, absl::StrCat(5 * kMegabyte, "\n"));
  EXPECT_EQ(Put("/count/large", 0).body, "0\n");
}

TEST_F(HttpServerTest, TellsAWaitingClientNotToSendItsBody) {
  Start();
  EXPECT_THAT(Raw("PUT /count/refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n"
                  "Expect: 100-continue\r\n\r\n"),
              StartsWith("HTTP/1.1 410"));
}

TEST_F(HttpServerTest, AnswersBeforeTheBodyEndedAlthoughTheClientGoesOn) {
  Start();
  EXPECT_EQ(Put("/count/small", 3 * kMegabyte).status, 507);
  EXPECT_EQ(Put("/count/refuse", 3 * kMegabyte).status, 410);
  EXPECT_THAT(Raw(absl::StrCat("PUT /count/refuse HTTP/1.1\r\nHost: h\r\nConnection: close\r\n",
                               "Content-Length: 5\r\n\r\n12345")),
              StartsWith("HTTP/1.1 410"));
}

TEST_F(HttpServerTest, DropsAClientThatNeverStopsSending) {
  Start({.max_dropped_bytes = 1000});
  std::string const request =
      "PUT /count/refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n";
  EXPECT_THAT(Raw(request + std::string(5000, 'x')), IsEmpty());
}

TEST_F(HttpServerTest, SurvivesWhatIsNotHttp) {
  Start();
  Raw("\x16\x03\x01\x02garbage\r\n\r\n");
  {
    UniqueFd const half = Connect();
    send(half.get(), "PUT /count/a HT", 15, MSG_NOSIGNAL);
  }
  EXPECT_EQ(Get("/echo/still").body, "still\n");
}

TEST_F(HttpServerTest, CleansUpAfterAClientThatWentAwayInTheMiddle) {
  Start();
  {
    UniqueFd const half = Connect();
    std::string const request =
        "PUT /count/large HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\nhalf";
    send(half.get(), request.data(), request.size(), MSG_NOSIGNAL);
  }
  EXPECT_EQ(Put("/count/large", 10).status, 201);
}

TEST_F(HttpServerTest, ClosesAnIdleConnection) {
  Start({.idle_timeout = absl::Seconds(1)});
  UniqueFd const idle = Connect();
  EXPECT_THAT(Read(idle), IsEmpty());
}

TEST_F(HttpServerTest, LetsOneAddressHoldOnlySoManyConnections) {
  Start({.max_connections_per_address = 2});
  UniqueFd const first = Connect();
  UniqueFd const second = Connect();
  EXPECT_THAT(Raw("GET /echo/a HTTP/1.0\r\n\r\n"), IsEmpty());
}

TEST_F(HttpServerTest, AnswersOthersWhileSlowClientsHoldTheirConnections) {
  Start({.threads = 1});
  std::vector<UniqueFd> slow;
  for (int i = 0; i < 50; ++i) {
    slow.push_back(Connect());
    send(slow.back().get(), "PUT /count/a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n1", 55,
         MSG_NOSIGNAL);
  }
  EXPECT_EQ(Get("/echo/quick").body, "quick\n");
}

TEST_F(HttpServerTest, WaitsForItsHandlersWhenItStops) {
  Start({.threads = 1});
  std::future<HttpResponse> answered =
      std::async(std::launch::async, [this] { return Get("/gate"); });
  gate_.AwaitWaiting(1);
  std::future<void> stopped = std::async(std::launch::async, [this] { server_.reset(); });
  EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
  gate_.Open();
  stopped.get();
  answered.get();
}

TEST_F(HttpServerTest, CountsByRouteAndStatus) {
  Start();
  Get("/echo/a");
  Get("/nowhere");
  EXPECT_THAT(metrics_.Render(),
              AllOf(HasSubstr(R"(probefarm_http_requests_total{route="/echo/",status="200"} 1)"),
                    HasSubstr(R"(probefarm_http_requests_total{route="",status="404"} 1)")));
}

}  // namespace
}  // namespace probefarm
