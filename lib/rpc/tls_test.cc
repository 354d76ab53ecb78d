// What MakeTlsChannel() and MakeTlsServerCredentials() promise, over real connections.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/files/unique_fd.h"
#include "lib/rpc/channel.h"
#include "lib/rpc/status.h"
#include "lib/rpc/tls_server_credentials.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "lib/runtime/subprocess.h"
#include "lib/tls/test_authority.h"
#include "probefarm/v1/jobs.grpc.pb.h"

namespace probefarm {
namespace {

constexpr char kHere[] = "DNS:localhost,IP:127.0.0.1";
constexpr absl::StatusCode kUnavailable = absl::StatusCode::kUnavailable;

// Answers with the names that the caller's certificate has.
class WhoAmI final : public v1::JobService::Service {
 public:
  grpc::Status GetStatus(grpc::ServerContext* context, v1::GetStatusRequest const* /*request*/,
                         v1::GetStatusResponse* response) override {
    for (grpc::string_ref const& name :
         context->auth_context()->FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME))
      response->set_version(std::string(name.data(), name.size()));
    return grpc::Status::OK;
  }
};

class RpcTlsTest : public testing::Test {
 protected:
  ~RpcTlsTest() override {
    if (server_) server_->Shutdown();
  }

  void Serve(TlsFiles const& files,
             ClientCertificates clients = ClientCertificates::kVerifiedIfGiven) {
    ASSERT_OK_AND_ASSIGN(watch_, TlsWatch::Open(files, clock_));
    grpc::ServerBuilder builder;
    ConfigureServer(builder);
    credentials_ = MakeTlsServerCredentials(*watch_, clients);
    builder.AddListeningPort("127.0.0.1:0", credentials_, &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(port_, 0);
  }

  TlsCredentials Load(TlsFiles const& files) const {
    absl::StatusOr<TlsTexts> texts = ReadTlsFiles(files);
    EXPECT_OK(texts);
    return CheckTlsTexts(files, *std::move(texts), clock_.Now()).value();
  }

  // The common name that the server sees.
  static absl::StatusOr<std::string> Ask(std::shared_ptr<grpc::Channel> const& channel) {
    grpc::ClientContext context;
    SetDeadline(context, absl::Seconds(20));
    v1::GetStatusResponse response;
    v1::JobService::Stub stub(channel);
    absl::Status const status = FromGrpc(stub.GetStatus(&context, {}, &response));
    if (!status.ok()) return status;
    return response.version();
  }
  absl::StatusOr<std::string> Ask(TlsFiles const& files,
                                  std::string const& host = "localhost") const {
    return Ask(MakeTlsChannel(absl::StrCat(host, ":", port_), Load(files)));
  }

  // The same as text, or why there is none.
  template <class... Whom>
  std::string NameSeen(Whom const&... whom) const {
    absl::StatusOr<std::string> const name = Ask(whom...);
    return name.ok() ? *name : name.status().ToString();
  }

  // Half an hour ago.
  static TestCertificate Ended(std::string const& alternative_names) {
    TestCertificate ended = {.common_name = "ended", .alternative_names = alternative_names};
    ended.not_after = absl::Now() - absl::Minutes(30);
    return ended;
  }

  static void Put(std::string const& from, std::string const& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  }

  UniqueFd Connect() const {
    UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port_));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
    return fd;
  }
  // Sends bytes and waits until the server hangs up.
  void Throw(std::string const& bytes) const {
    UniqueFd const fd = Connect();
    send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    char piece[512];
    while (recv(fd.get(), piece, sizeof(piece), 0) > 0) continue;
  }

  FakeClock clock_{absl::Now()};
  TestAuthority const authority_;
  TlsFiles const server_files_ =
      authority_.Issue("server", {.common_name = "farm", .alternative_names = kHere});
  TlsFiles const worker_files_ = authority_.Issue("w1", {.common_name = "w1"});
  TlsFiles const ca_only_ = {.ca = authority_.ca_file()};
  WhoAmI service_;
  std::unique_ptr<TlsWatch> watch_;
  std::shared_ptr<grpc::ServerCredentials> credentials_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

TEST_F(RpcTlsTest, EachEndKnowsTheOther) {
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_));
  EXPECT_EQ(NameSeen(worker_files_), "w1");
  EXPECT_EQ(NameSeen(worker_files_, "127.0.0.1"), "w1");
}

TEST_F(RpcTlsTest, AClientWithoutACertificateIsServedAndHasNoName) {
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_));
  EXPECT_EQ(NameSeen(ca_only_), "");
}

TEST_F(RpcTlsTest, ACertificateThatWasNotAskedForGivesNoName) {
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_, ClientCertificates::kNotAsked));
  EXPECT_EQ(NameSeen(worker_files_), "");
}

TEST_F(RpcTlsTest, AServerOfAnotherAuthorityIsRefused) {
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_));
  TestAuthority const other;
  EXPECT_THAT(Ask(TlsFiles{.ca = other.ca_file()}), StatusIs(kUnavailable));
}

TEST_F(RpcTlsTest, AClientOfAnotherAuthorityIsRefused) {
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_));
  TestAuthority const other;
  TlsFiles files = other.Issue("w1", {.common_name = "w1"});
  files.ca = authority_.ca_file();
  EXPECT_THAT(Ask(files), StatusIs(kUnavailable));
}

TEST_F(RpcTlsTest, AServerByAnotherNameIsRefused) {
  ASSERT_NO_FATAL_FAILURE(Serve(authority_.Issue(
      "elsewhere", {.common_name = "localhost", .alternative_names = "DNS:elsewhere.example"})));
  EXPECT_THAT(Ask(ca_only_), StatusIs(kUnavailable));
}

TEST_F(RpcTlsTest, ACertificateThatHasEndedIsRefused) {
  clock_.Advance(-absl::Minutes(45));  // when it was loaded it was good
  ASSERT_NO_FATAL_FAILURE(Serve(authority_.Issue("ended", Ended(kHere))));
  EXPECT_THAT(Ask(ca_only_), StatusIs(kUnavailable));
}

TEST_F(RpcTlsTest, AClientsCertificateThatHasEndedIsRefused) {
  clock_.Advance(-absl::Minutes(45));
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_));
  EXPECT_THAT(Ask(authority_.Issue("ended", Ended(""))), StatusIs(kUnavailable));
}

TEST_F(RpcTlsTest, AWorkersCertificateIsNoneForAServer) {
  ASSERT_NO_FATAL_FAILURE(Serve(authority_.Issue(
      "w2", {.common_name = "w2", .alternative_names = kHere, .usage = "clientAuth"})));
  EXPECT_THAT(Ask(ca_only_), StatusIs(kUnavailable));
}

TEST_F(RpcTlsTest, AServersCertificateIsNoneForAWorker) {
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_));
  EXPECT_THAT(Ask(authority_.Issue("w1", {.common_name = "w1", .usage = "serverAuth"})),
              StatusIs(kUnavailable));
}

TEST_F(RpcTlsTest, ChainsWithIntermediatesAreFollowedAtBothEnds) {
  ASSERT_NO_FATAL_FAILURE(Serve(authority_.IssueByIntermediate(
      "chained", {.common_name = "farm", .alternative_names = kHere})));
  EXPECT_EQ(NameSeen(authority_.IssueByIntermediate("w3", {.common_name = "w3"})), "w3");
}

TEST_F(RpcTlsTest, ARenewedCertificateIsUsedAndConnectionsThatStandAreLeftAlone) {
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_));
  auto const standing = MakeTlsChannel(absl::StrCat("localhost:", port_), Load(worker_files_));
  EXPECT_EQ(NameSeen(standing), "w1");
  TestAuthority const next;
  TlsFiles const renewed =
      next.Issue("server", {.common_name = "farm", .alternative_names = kHere});
  Put(renewed.certificate, server_files_.certificate);
  Put(renewed.key, server_files_.key);
  EXPECT_OK(Ask(ca_only_));
  EXPECT_TRUE(watch_->RunOnce());
  EXPECT_OK(Ask(TlsFiles{.ca = next.ca_file()}));
  EXPECT_THAT(Ask(ca_only_), StatusIs(kUnavailable));
  EXPECT_EQ(NameSeen(standing), "w1");
}

TEST_F(RpcTlsTest, AnAuthorityThatIsTakenOutIsTrustedNoMore) {
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_));
  TestAuthority const next;
  TlsFiles newer = next.Issue("w1", {.common_name = "w1"});
  TlsFiles older = worker_files_;
  newer.ca = older.ca = authority_.folder().Write("servers-ca.pem", authority_.ca());
  EXPECT_EQ(NameSeen(older), "w1");
  Put(next.ca_file(), server_files_.ca);
  EXPECT_TRUE(watch_->RunOnce());
  EXPECT_EQ(NameSeen(newer), "w1");
  EXPECT_THAT(Ask(older), StatusIs(kUnavailable));
}

TEST_F(RpcTlsTest, TlsOlderThan1Point2IsNotSpoken) {
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_));
  for (auto const& [version, works] : {std::pair("-tls1_1", false), std::pair("-tls1_2", true)}) {
    ASSERT_OK_AND_ASSIGN(SubprocessResult const tried,
                         RunSubprocess({.argv = {"openssl", "s_client", "-connect",
                                                 absl::StrCat("127.0.0.1:", port_), version,
                                                 "-alpn", "h2", "-cipher", "ALL:@SECLEVEL=0"}}));
    EXPECT_EQ(tried.exit_code == 0, works) << version << tried.errors;
  }
}

TEST_F(RpcTlsTest, PlainTextAndGarbageAreHungUpOn) {
  ASSERT_NO_FATAL_FAILURE(Serve(server_files_));
  EXPECT_THAT(Ask(MakeChannel(absl::StrCat("127.0.0.1:", port_))), StatusIs(kUnavailable));
  Throw("GET / HTTP/1.1\r\nHost: farm\r\n\r\n");
  Throw(std::string(100'000, '\xff'));
  Throw(std::string("\x16\x03\x01\xff\xff", 5) + std::string(70'000, '\0'));
  EXPECT_EQ(NameSeen(worker_files_), "w1");
}

}  // namespace
}  // namespace probefarm
