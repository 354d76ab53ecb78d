// The gate behind a TLS server, asked with certificates of several workers.
#include "coordinator/api/worker_gate.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/api/session_token.h"
#include "lib/rpc/channel.h"
#include "lib/rpc/status.h"
#include "lib/rpc/tls_server_credentials.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/status_matchers.h"
#include "lib/tls/test_authority.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using Stub = v1::WorkerService::Stub;

constexpr absl::StatusCode kDenied = absl::StatusCode::kPermissionDenied;
constexpr absl::StatusCode kUnauthenticated = absl::StatusCode::kUnauthenticated;

// Answers everything OK, and counts.
class Inner final : public v1::WorkerService::CallbackService {
 public:
  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* OpenSession(Context* context, v1::OpenSessionRequest const* request,
                       v1::OpenSessionResponse* response) override {
    response->set_session(NewSessionToken(request->worker_id()));
    return Pass(context);
  }
  Reactor* Acquire(Context* context, v1::AcquireRequest const* /*request*/,
                   v1::AcquireResponse* /*response*/) override {
    return Pass(context);
  }
  Reactor* Heartbeat(Context* context, v1::HeartbeatRequest const* /*request*/,
                     v1::HeartbeatResponse* /*response*/) override {
    return Pass(context);
  }
  Reactor* AppendLog(Context* context, v1::AppendLogRequest const* /*request*/,
                     v1::AppendLogResponse* /*response*/) override {
    return Pass(context);
  }
  Reactor* ReportArtifact(Context* context, v1::ReportArtifactRequest const* /*request*/,
                          v1::ReportArtifactResponse* /*response*/) override {
    return Pass(context);
  }
  Reactor* ReportUpload(Context* context, v1::ReportUploadRequest const* /*request*/,
                        v1::ReportUploadResponse* /*response*/) override {
    return Pass(context);
  }
  Reactor* Complete(Context* context, v1::CompleteRequest const* /*request*/,
                    v1::CompleteResponse* /*response*/) override {
    return Pass(context);
  }
  Reactor* Release(Context* context, v1::ReleaseRequest const* /*request*/,
                   v1::ReleaseResponse* /*response*/) override {
    return Pass(context);
  }

  std::atomic<int> passed = 0;

 private:
  Reactor* Pass(Context* context) {
    ++passed;
    Reactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

class WorkerGateTest : public testing::Test {
 protected:
  void SetUp() override {
    TlsFiles const files =
        authority_.Issue("farm", {.common_name = "farm", .alternative_names = "DNS:localhost"});
    ASSERT_OK_AND_ASSIGN(watch_, TlsWatch::Open(files, clock_));
    grpc::ServerBuilder builder;
    credentials_ = MakeTlsServerCredentials(*watch_, ClientCertificates::kVerifiedIfGiven);
    builder.AddListeningPort("127.0.0.1:0", credentials_, &port_);
    builder.RegisterService(&gate_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(port_, 0);
  }
  void TearDown() override { server_->Shutdown(); }

  // Calls as whoever has the certificate.
  std::unique_ptr<Stub> As(TlsFiles const& files) const {
    absl::StatusOr<TlsTexts> texts = ReadTlsFiles(files);
    EXPECT_OK(texts);
    TlsCredentials const tls = CheckTlsTexts(files, *std::move(texts), clock_.Now()).value();
    return v1::WorkerService::NewStub(MakeTlsChannel(absl::StrCat("localhost:", port_), tls));
  }
  std::unique_ptr<Stub> As(TestCertificate const& names) const {
    return As(authority_.Issue("w", names));
  }

  template <class Request, class Response>
  static absl::StatusOr<Response> Call(Stub& stub,
                                       grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                    Request const&, Response*),
                                       Request const& request) {
    grpc::ClientContext context;
    SetDeadline(context, absl::Seconds(20));
    Response response;
    absl::Status const status = FromGrpc((stub.*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  static absl::StatusOr<std::string> Open(Stub& stub, std::string const& worker) {
    v1::OpenSessionRequest request;
    request.set_worker_id(worker);
    auto const response = Call(stub, &Stub::OpenSession, request);
    if (!response.ok()) return response.status();
    return response->session();
  }

  template <class Request, class Response>
  static absl::Status Use(Stub& stub,
                          grpc::Status (Stub::*method)(grpc::ClientContext*, Request const&,
                                                       Response*),
                          std::string const& session) {
    Request request;
    request.set_session(session);
    return Call(stub, method, request).status();
  }

  // Everything that a session is good for, in the order of the service.
  static std::vector<absl::Status> UseAll(Stub& stub, std::string const& session) {
    return {Use(stub, &Stub::Acquire, session),      Use(stub, &Stub::Heartbeat, session),
            Use(stub, &Stub::AppendLog, session),    Use(stub, &Stub::ReportArtifact, session),
            Use(stub, &Stub::ReportUpload, session), Use(stub, &Stub::Complete, session),
            Use(stub, &Stub::Release, session)};
  }

  SystemClock clock_;
  TestAuthority const authority_;
  std::unique_ptr<TlsWatch> watch_;
  Inner inner_;
  Metrics metrics_;
  WorkerGate gate_{inner_, metrics_};
  std::shared_ptr<grpc::ServerCredentials> credentials_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

TEST_F(WorkerGateTest, LetsAWorkerThroughByEachOfItsNames) {
  auto const w1 = As(TestCertificate{
      .common_name = "w1",
      .alternative_names = "DNS:w1.example,URI:spiffe://farm/w1,IP:10.0.0.1,email:w@w.example"});
  for (char const* id : {"w1", "w1.example", "spiffe://farm/w1"}) EXPECT_OK(Open(*w1, id)) << id;
  for (char const* id : {"10.0.0.1", "w@w.example", "CN=w1"})
    EXPECT_THAT(Open(*w1, id), StatusIs(kDenied)) << id;
}

TEST_F(WorkerGateTest, RefusesAWorkerWithTheCertificateOfAnother) {
  auto const w2 = As(TestCertificate{.common_name = "w2"});
  EXPECT_THAT(Open(*w2, "w1"),
              StatusIs(kDenied, HasSubstr("worker w1 came with the certificate of w2")));
  EXPECT_EQ(inner_.passed, 0);
  EXPECT_THAT(metrics_.Render(),
              HasSubstr("probefarm_worker_calls_refused_total{code=\"PERMISSION_DENIED\"} 1"));
}

TEST_F(WorkerGateTest, ASessionIsOfUseToItsWorkerAlone) {
  auto const w1 = As(TestCertificate{.common_name = "w1"});
  auto const w2 = As(TestCertificate{.common_name = "w2"});
  ASSERT_OK_AND_ASSIGN(std::string const session, Open(*w1, "w1"));
  EXPECT_THAT(UseAll(*w1, session), testing::Each(IsOk()));
  int const passed = inner_.passed;
  EXPECT_EQ(passed, 8);
  EXPECT_THAT(UseAll(*w2, session), testing::Each(StatusIs(kDenied)));
  EXPECT_EQ(inner_.passed, passed);
}

TEST_F(WorkerGateTest, ASessionSurvivesTheRenewalOfItsCertificate) {
  ASSERT_OK_AND_ASSIGN(std::string const session,
                       Open(*As(TestCertificate{.common_name = "w1"}), "w1"));
  EXPECT_THAT(UseAll(*As(TestCertificate{.common_name = "w1"}), session), testing::Each(IsOk()));
}

TEST_F(WorkerGateTest, RefusesWhoHasNoCertificate) {
  auto const nobody = As(TlsFiles{.ca = authority_.ca_file()});
  EXPECT_THAT(Open(*nobody, "w1"), StatusIs(kUnauthenticated));
  EXPECT_THAT(UseAll(*nobody, NewSessionToken("w1")), testing::Each(StatusIs(kUnauthenticated)));
  EXPECT_EQ(inner_.passed, 0);
}

}  // namespace
}  // namespace probefarm
