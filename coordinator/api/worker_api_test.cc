#include "coordinator/api/worker_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "coordinator/api/api_fixture.h"
#include "coordinator/store/await.h"
#include "lib/rpc/wire.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Stub = v1::WorkerService::Stub;

class WorkerApiTest : public ApiFixture {
 protected:
  template <class Request, class Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, Request const&,
                                                            Response*),
                               Request const& request) {
    return Call<v1::WorkerService>(method, request);
  }

  static v1::OpenSessionRequest Opening() {
    v1::OpenSessionRequest request;
    request.set_worker_id("w");
    request.set_slots(2);
    request.mutable_capabilities()->set_arch(v1::ARCH_X86_64);
    return request;
  }

  // A request about `lease` of `session`, filled in as far as every such request is.
  template <class Request>
  static Request About(std::string const& session, v1::Lease const& lease) {
    Request request;
    request.set_session(session);
    *request.mutable_lease() = lease.name();
    return request;
  }

  template <class Request, class Response>
  void ExpectInvalid(grpc::Status (Stub::*method)(grpc::ClientContext*, Request const&, Response*),
                     Request const& request, std::string const& what) {
    EXPECT_THAT(Ask(method, request),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(what)));
  }
};

TEST_F(WorkerApiTest, AWorkersLabelsAreItsOwnAndItsEngine) {
  v1::OpenSessionRequest request = Opening();
  request.mutable_capabilities()->set_engine("docker 20.10.24");
  (*request.mutable_capabilities()->mutable_labels())["pool"] = "a=b";
  ASSERT_OK(Ask(&Stub::OpenSession, request));
  ASSERT_OK_AND_ASSIGN(auto const workers, Call<v1::JobService>(&v1::JobService::Stub::ListWorkers,
                                                                v1::ListWorkersRequest()));
  auto const& labels = workers.workers(0).capabilities().labels();
  EXPECT_EQ(labels.size(), 2U);
  EXPECT_EQ(labels.at("pool"), "a=b");
  EXPECT_EQ(labels.at("engine"), "docker");
}

TEST_F(WorkerApiTest, ALabelThatIsNoneIsRefused) {
  v1::OpenSessionRequest request = Opening();
  (*request.mutable_capabilities()->mutable_labels())[""] = "x";
  ExpectInvalid(&Stub::OpenSession, request, "KEY=VALUE");
  request.mutable_capabilities()->mutable_labels()->clear();
  (*request.mutable_capabilities()->mutable_labels())["two"] = "lines\nhere";
  ExpectInvalid(&Stub::OpenSession, request, "KEY=VALUE");
  request.mutable_capabilities()->mutable_labels()->clear();
  for (int i = 0; i < 65; ++i)
    (*request.mutable_capabilities()->mutable_labels())[absl::StrCat(i)] = "x";
  ExpectInvalid(&Stub::OpenSession, request, "64 labels");
}

TEST_F(WorkerApiTest, AWorkersBuildersAndItsDiskAsToldLastAreShown) {
  auto const shown = [&] {
    return Call<v1::JobService>(&v1::JobService::Stub::ListWorkers, v1::ListWorkersRequest())
        ->workers(0)
        .capabilities();
  };
  v1::OpenSessionRequest request = Opening();
  std::string const builder = "sha256:" + std::string(64, 'a');
  request.mutable_capabilities()->add_builders(builder);
  request.mutable_capabilities()->set_free_disk_bytes(1000);
  ASSERT_OK_AND_ASSIGN(auto const opened, Ask(&Stub::OpenSession, request));
  EXPECT_THAT(shown().builders(), ElementsAre(builder));
  EXPECT_EQ(shown().free_disk_bytes(), 1000);
  v1::HeartbeatRequest heartbeat;
  heartbeat.set_session(opened.session());
  heartbeat.set_free_disk_bytes(2000);
  ASSERT_OK(Ask(&Stub::Heartbeat, heartbeat));
  EXPECT_EQ(shown().free_disk_bytes(), 2000);
  heartbeat.clear_free_disk_bytes();
  ASSERT_OK(Ask(&Stub::Heartbeat, heartbeat));
  EXPECT_EQ(shown().free_disk_bytes(), 2000);
}

TEST_F(WorkerApiTest, ABuilderThatIsNoneAndDiskBelowZeroAreRefused) {
  v1::OpenSessionRequest request = Opening();
  request.mutable_capabilities()->add_builders("bookworm");
  ExpectInvalid(&Stub::OpenSession, request, "'bookworm' is no image id");
  request.mutable_capabilities()->clear_builders();
  for (int i = 0; i < 65; ++i)
    request.mutable_capabilities()->add_builders("sha256:" + std::string(64, 'a'));
  ExpectInvalid(&Stub::OpenSession, request, "64 builders");
  request = Opening();
  request.mutable_capabilities()->set_free_disk_bytes(-5);
  ExpectInvalid(&Stub::OpenSession, request, "free_disk_bytes -5 is negative");
  v1::HeartbeatRequest heartbeat;
  heartbeat.set_session(OpenSession("w"));
  heartbeat.set_free_disk_bytes(-5);
  ExpectInvalid(&Stub::Heartbeat, heartbeat, "free_disk_bytes -5 is negative");
}

TEST_F(WorkerApiTest, ASessionHasATokenOfItsOwnAndTheTtl) {
  ASSERT_OK_AND_ASSIGN(auto const first, Ask(&Stub::OpenSession, Opening()));
  ASSERT_OK_AND_ASSIGN(auto const second, Ask(&Stub::OpenSession, Opening()));
  EXPECT_THAT(first.session(), SizeIs(64));
  EXPECT_NE(first.session(), second.session());
  EXPECT_EQ(FromWire(first.ttl()), absl::Seconds(30));
}

TEST_F(WorkerApiTest, RefusesASessionThatMeansNothing) {
  v1::OpenSessionRequest request = Opening();
  request.clear_worker_id();
  ExpectInvalid(&Stub::OpenSession, request, "worker_id");
  request.set_worker_id(std::string(201, 'w'));
  ExpectInvalid(&Stub::OpenSession, request, "worker_id");
  request = Opening();
  request.set_slots(0);
  ExpectInvalid(&Stub::OpenSession, request, "slots 0");
  request = Opening();
  request.mutable_capabilities()->clear_arch();
  ExpectInvalid(&Stub::OpenSession, request, "arch");
  request = Opening();
  for (int i = 0; i < 4097; ++i) request.add_held();
  ExpectInvalid(&Stub::OpenSession, request, "held");
}

TEST_F(WorkerApiTest, AReopenedSessionKeepsItsLeases) {
  JobId const job = Enqueue(1);
  v1::Lease const lease = Acquire(OpenSession("w"));
  v1::OpenSessionRequest request = Opening();
  *request.add_held() = lease.name();
  request.add_held()->set_job(999);
  ASSERT_OK_AND_ASSIGN(auto const response, Ask(&Stub::OpenSession, request));
  EXPECT_THAT(response.verdicts(), ElementsAre(v1::CONTINUE, v1::ABANDON));
  EXPECT_EQ(JobOf(job).session, response.session());
}

TEST_F(WorkerApiTest, ALeaseCarriesTheWholeSpec) {
  JobId const job = Enqueue(1);
  v1::Lease const lease = Acquire(OpenSession("w"));
  EXPECT_EQ(lease.name().job(), job);
  EXPECT_EQ(lease.name().epoch(), 1);
  EXPECT_EQ(lease.spec(), "{}");
  EXPECT_EQ(lease.probe().kernel_release(), "6.1.1");
  EXPECT_EQ(FromWire(lease.run_deadline()), clock_.Now() + absl::Hours(1));
}

TEST_F(WorkerApiTest, RefusesAPollThatMeansNothing) {
  v1::AcquireRequest request = AcquireFor(OpenSession("w"), absl::ZeroDuration());
  request.clear_request_id();
  ExpectInvalid(&Stub::Acquire, request, "request_id");
  request.set_request_id("r");
  request.set_free_slots(0);
  ExpectInvalid(&Stub::Acquire, request, "free_slots 0");
}

TEST_F(WorkerApiTest, APollOfAnUnknownSessionIsToldToReopen) {
  EXPECT_THAT(Ask(&Stub::Acquire, AcquireFor("nobody", absl::Seconds(30))),
              StatusIs(absl::StatusCode::kAborted, StartsWith("reopen")));
}

TEST_F(WorkerApiTest, ALongPollIsAnsweredWhenAJobComes) {
  std::string const session = OpenSession("w");
  auto poll = std::async(std::launch::async, [&] {
    return Ask(&Stub::Acquire, AcquireFor(session, absl::Seconds(30)));
  });
  ASSERT_TRUE(Eventually([&] { return dispatcher_.waiting() == 1; }));
  JobId const job = Enqueue(1);
  ASSERT_OK_AND_ASSIGN(auto const response, poll.get());
  ASSERT_THAT(response.leases(), SizeIs(1));
  EXPECT_EQ(response.leases(0).name().job(), job);
}

TEST_F(WorkerApiTest, ALongPollEndsEmptyAndNeverWaitsLongerThanItMay) {
  std::string const session = OpenSession("w");
  auto poll = std::async(std::launch::async,
                         [&] { return Ask(&Stub::Acquire, AcquireFor(session, absl::Hours(1))); });
  ASSERT_TRUE(Eventually([&] { return dispatcher_.waiting() == 1; }));
  clock_.Advance(absl::Seconds(30));
  dispatcher_.RunOnce();
  ASSERT_OK_AND_ASSIGN(auto const response, poll.get());
  EXPECT_THAT(response.leases(), SizeIs(0));
}

TEST_F(WorkerApiTest, AClientThatGoesAwayIsGrantedNothing) {
  std::string const session = OpenSession("gone");
  grpc::ClientContext context;
  auto poll = std::async(std::launch::async, [&] {
    return Call<v1::WorkerService>(&Stub::Acquire, AcquireFor(session, absl::Seconds(30)), context);
  });
  ASSERT_TRUE(Eventually([&] { return dispatcher_.waiting() == 1; }));
  context.TryCancel();
  EXPECT_THAT(poll.get(), StatusIs(absl::StatusCode::kCancelled));
  ASSERT_TRUE(Eventually([&] { return dispatcher_.waiting() == 0; }));
  JobId const job = Enqueue(1);
  ASSERT_OK(Await<bool>([&](auto done) { store_.Ping(std::move(done)); }));
  EXPECT_EQ(JobOf(job).state, JobState::kQueued);
  EXPECT_EQ(Acquire(OpenSession("next")).name().job(), job);
}

TEST_F(WorkerApiTest, AHeartbeatIsAnsweredForEachLeaseAndShowsItsPhase) {
  JobId const job = Enqueue(1);
  std::string const session = OpenSession("w");
  v1::HeartbeatRequest request;
  request.set_session(session);
  request.set_draining(true);
  v1::HeldLease* const held = request.add_held();
  *held->mutable_name() = Acquire(session).name();
  held->set_phase(v1::BUILDING);
  request.add_held()->mutable_name()->set_job(999);
  ASSERT_OK_AND_ASSIGN(auto const response, Ask(&Stub::Heartbeat, request));
  EXPECT_THAT(response.verdicts(), ElementsAre(v1::CONTINUE, v1::ABANDON));
  EXPECT_EQ(phases_.ProgressOf(session, {job, 1}).phase, LeasePhase::kBuilding);
  EXPECT_TRUE(phases_.Draining(session));
}

TEST_F(WorkerApiTest, RefusesAHeartbeatThatMeansNothing) {
  v1::HeartbeatRequest request;
  request.set_session(OpenSession("w"));
  request.set_free_slots(-1);
  ExpectInvalid(&Stub::Heartbeat, request, "free_slots -1");
  request.set_free_slots(0);
  for (int i = 0; i < 4097; ++i) request.add_held();
  ExpectInvalid(&Stub::Heartbeat, request, "held");
}

TEST_F(WorkerApiTest, ALogGrowsByWhatIsSentAndAGapIsOutOfRange) {
  JobId const job = Enqueue(1);
  std::string const session = OpenSession("w");
  auto request = About<v1::AppendLogRequest>(session, Acquire(session));
  request.set_data("hello");
  ASSERT_OK_AND_ASSIGN(auto const response, Ask(&Stub::AppendLog, request));
  EXPECT_EQ(response.length(), 5);
  request.set_offset(99);
  EXPECT_THAT(Ask(&Stub::AppendLog, request),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("5 bytes")));
  ASSERT_OK_AND_ASSIGN(LogChunk const log, Await<LogChunk>([&](auto done) {
                         store_.ReadLog({.job = job}, std::move(done));
                       }));
  EXPECT_EQ(log.bytes, "hello");
}

TEST_F(WorkerApiTest, LogsThatComeTooFastAreAskedToComeBackLater) {
  Enqueue(1);
  std::string const session = OpenSession("w");
  auto request = About<v1::AppendLogRequest>(session, Acquire(session));
  request.set_data(std::string(1 << 20, 'x'));
  absl::Status refused;
  std::string delay;
  for (int piece = 0; piece < 100 && refused.ok(); ++piece) {
    grpc::ClientContext context;
    refused = Call<v1::WorkerService>(&Stub::AppendLog, request, context).status();
    auto const& trailers = context.GetServerTrailingMetadata();
    auto const found = trailers.find("grpc-retry-pushback-ms");
    if (found != trailers.end()) delay.assign(found->second.data(), found->second.size());
  }
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_NE(delay, "");
  clock_.Advance(absl::Seconds(1));
  EXPECT_OK(Ask(&Stub::AppendLog, request));
}

TEST_F(WorkerApiTest, RefusesALogPieceThatIsTooLongOrBeforeTheStart) {
  Enqueue(1);
  std::string const session = OpenSession("w");
  auto request = About<v1::AppendLogRequest>(session, Acquire(session));
  request.set_offset(-1);
  ExpectInvalid(&Stub::AppendLog, request, "offset");
  request.set_offset(0);
  request.set_data(std::string((1 << 20) + 1, 'x'));
  ExpectInvalid(&Stub::AppendLog, request, "log piece");
}

TEST_F(WorkerApiTest, AStaleWriteIsAbortedAndCounted) {
  Enqueue(1);
  std::string const session = OpenSession("w");
  v1::Lease stale = Acquire(session);
  stale.mutable_name()->set_epoch(99);
  EXPECT_THAT(Ask(&Stub::AppendLog, About<v1::AppendLogRequest>(session, stale)),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Ask(&Stub::Release, About<v1::ReleaseRequest>(session, stale)),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_stale_epoch_rejected_total 2"));
}

TEST_F(WorkerApiTest, AFileGoesTheWholeWay) {
  Publish(1);
  EXPECT_EQ(JobOf(1).state, JobState::kPublished);
}

TEST_F(WorkerApiTest, RefusesAnArtifactThatIsNone) {
  Enqueue(1);
  std::string const session = OpenSession("w");
  auto request = About<v1::ReportArtifactRequest>(session, Acquire(session));
  request.mutable_artifact()->set_size(5);
  request.mutable_artifact()->set_sha256(std::string(64, 'A'));
  ExpectInvalid(&Stub::ReportArtifact, request, "sha256");
  request.mutable_artifact()->set_sha256(std::string(64, 'a'));
  request.mutable_artifact()->set_size(0);
  ExpectInvalid(&Stub::ReportArtifact, request, "size");
}

TEST_F(WorkerApiTest, AClosedGateIsAWaitOnTheWire) {
  Enqueue(1);
  std::string const session = OpenSession("w");
  auto request = About<v1::ReportArtifactRequest>(session, Acquire(session));
  request.mutable_artifact()->set_size(5);
  request.mutable_artifact()->set_sha256(std::string(64, 'a'));
  host_.CloseGate(clock_.Now() + absl::Hours(1), "rate limit");
  ASSERT_OK_AND_ASSIGN(auto const response, Ask(&Stub::ReportArtifact, request));
  ASSERT_TRUE(response.has_wait());
  EXPECT_EQ(FromWire(response.wait().not_before()), clock_.Now() + absl::Hours(1));
  EXPECT_EQ(response.wait().why(), "rate limit");
}

TEST_F(WorkerApiTest, AConflictIsOneOnTheWire) {
  JobId const job = Enqueue(1);
  host_.Put("8.0.0+driver/x86_64", "falco_debian_6.1.1_1.o", "other bytes");
  std::string const session = OpenSession("w");
  auto request = About<v1::ReportArtifactRequest>(session, Acquire(session));
  request.mutable_artifact()->set_size(5);
  request.mutable_artifact()->set_sha256(std::string(64, 'a'));
  ASSERT_OK_AND_ASSIGN(auto const response, Ask(&Stub::ReportArtifact, request));
  EXPECT_TRUE(response.has_conflict()) << response.ShortDebugString();
  EXPECT_EQ(JobOf(job).state, JobState::kFailed);
}

TEST_F(WorkerApiTest, AFailureIsPermanentOrTransientAndNothingElse) {
  JobId const job = Enqueue(1);
  std::string const session = OpenSession("w");
  auto request = About<v1::CompleteRequest>(session, Acquire(session));
  request.mutable_reason()->set_code("compiler_error");
  ExpectInvalid(&Stub::Complete, request, "outcome");
  request.set_outcome(v1::CompleteRequest::PERMANENT_FAILURE);
  ASSERT_OK(Ask(&Stub::Complete, request));
  ASSERT_OK(Ask(&Stub::Complete, request)) << "the answer may have been lost";
  EXPECT_EQ(JobOf(job).state, JobState::kFailed);
  EXPECT_EQ(JobOf(job).reason.code, "compiler_error");
}

TEST_F(WorkerApiTest, AReleasedLeaseGoesBackUncounted) {
  JobId const job = Enqueue(1);
  std::string const session = OpenSession("w");
  auto request = About<v1::ReleaseRequest>(session, Acquire(session));
  request.mutable_reason()->set_code("draining");
  ASSERT_OK(Ask(&Stub::Release, request));
  EXPECT_EQ(JobOf(job).state, JobState::kQueued);
  EXPECT_EQ(JobOf(job).attempts, 0);
}

}  // namespace
}  // namespace probefarm
