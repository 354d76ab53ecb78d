#include "worker/lease/grpc_coordinator.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "lib/rpc/wire.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr LeaseName kLease = {7, 2};

// Keeps the last request of each kind and answers what the test has put down.
class ScriptedService final : public v1::WorkerService::Service {
 public:
  grpc::Status OpenSession(grpc::ServerContext* /*context*/, v1::OpenSessionRequest const* request,
                           v1::OpenSessionResponse* response) override {
    opening = *request;
    *response = opened;
    return grpc::Status::OK;
  }
  grpc::Status Acquire(grpc::ServerContext* context, v1::AcquireRequest const* request,
                       v1::AcquireResponse* response) override {
    polls.set_value();
    if (hang) {
      while (!context->IsCancelled()) std::this_thread::yield();
      return grpc::Status::CANCELLED;
    }
    asked = *request;
    *response = acquired;
    return answer;
  }
  grpc::Status Heartbeat(grpc::ServerContext* /*context*/, v1::HeartbeatRequest const* request,
                         v1::HeartbeatResponse* response) override {
    beat = *request;
    *response = beaten;
    return grpc::Status::OK;
  }
  grpc::Status ReportArtifact(grpc::ServerContext* /*context*/,
                              v1::ReportArtifactRequest const* request,
                              v1::ReportArtifactResponse* response) override {
    reported = *request;
    *response = next_step;
    return grpc::Status::OK;
  }
  grpc::Status Complete(grpc::ServerContext* /*context*/, v1::CompleteRequest const* request,
                        v1::CompleteResponse* /*response*/) override {
    completed = *request;
    return {grpc::StatusCode::ABORTED, "not yours any more"};
  }

  v1::OpenSessionRequest opening;
  v1::OpenSessionResponse opened;
  std::promise<void> polls;
  bool hang = false;
  grpc::Status answer;
  v1::AcquireRequest asked;
  v1::AcquireResponse acquired;
  v1::HeartbeatRequest beat;
  v1::HeartbeatResponse beaten;
  v1::ReportArtifactRequest reported;
  v1::ReportArtifactResponse next_step;
  v1::CompleteRequest completed;
};

class GrpcCoordinatorTest : public testing::Test {
 protected:
  GrpcCoordinatorTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    coordinator_ =
        std::make_unique<GrpcCoordinator>(server_->InProcessChannel(grpc::ChannelArguments()));
  }

  ScriptedService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcCoordinator> coordinator_;
};

TEST_F(GrpcCoordinatorTest, OpensASessionWithAllThatTheWorkerIs) {
  service_.opened.set_session("s");
  *service_.opened.mutable_ttl() = ToWire(absl::Seconds(30));
  service_.opened.add_verdicts(v1::CANCEL);
  ASSERT_OK_AND_ASSIGN(
      Session const session,
      coordinator_->OpenSession(
          {"w", Arch::kAarch64, 4, 1000, "docker 20.10", {{"pool", "trusted"}}, {"sha256:a"}, 5000},
          {kLease}));
  EXPECT_EQ(session.token, "s");
  EXPECT_EQ(session.ttl, absl::Seconds(30));
  EXPECT_THAT(session.verdicts, ElementsAre(Verdict::kCancel));
  EXPECT_EQ(service_.opening.worker_id(), "w");
  EXPECT_EQ(service_.opening.slots(), 4);
  EXPECT_EQ(service_.opening.capabilities().arch(), v1::ARCH_AARCH64);
  EXPECT_EQ(service_.opening.capabilities().memory_bytes_per_slot(), 1000);
  EXPECT_EQ(service_.opening.capabilities().labels().at("pool"), "trusted");
  EXPECT_THAT(service_.opening.capabilities().builders(), ElementsAre("sha256:a"));
  EXPECT_EQ(service_.opening.capabilities().free_disk_bytes(), 5000);
  ASSERT_THAT(service_.opening.held(), SizeIs(1));
  EXPECT_EQ(service_.opening.held(0).epoch(), 2);
}

TEST_F(GrpcCoordinatorTest, AVerdictThatIsNotKnownCannotMeanGoOn) {
  service_.beaten.add_verdicts(v1::CONTINUE);
  service_.beaten.add_verdicts(static_cast<v1::LeaseVerdict>(99));
  service_.beaten.set_drain(true);
  ASSERT_OK_AND_ASSIGN(
      HeartbeatReply const reply,
      coordinator_->Heartbeat("s", {{{kLease, Phase::kSending, "40 %"}}, 3, true, 5000}));
  EXPECT_THAT(reply.verdicts, ElementsAre(Verdict::kContinue, Verdict::kAbandon));
  EXPECT_TRUE(reply.drain);
  EXPECT_EQ(service_.beat.held(0).phase(), v1::SENDING);
  EXPECT_EQ(service_.beat.free_slots(), 3);
  EXPECT_TRUE(service_.beat.draining());
  EXPECT_EQ(service_.beat.free_disk_bytes(), 5000);
}

TEST_F(GrpcCoordinatorTest, AFullDiskIsNoneThatIsNotTold) {
  ASSERT_OK(coordinator_->Heartbeat("s", {.held = {}, .free_disk_bytes = 0}));
  EXPECT_EQ(service_.beat.free_disk_bytes(), 1);
  ASSERT_OK(coordinator_->Heartbeat("s", {}));
  EXPECT_EQ(service_.beat.free_disk_bytes(), 0);
}

TEST_F(GrpcCoordinatorTest, BringsLeases) {
  v1::Lease* const lease = service_.acquired.add_leases();
  lease->mutable_name()->set_job(7);
  lease->mutable_name()->set_epoch(2);
  lease->set_spec("{}");
  ASSERT_OK_AND_ASSIGN(auto const leases,
                       coordinator_->Acquire("s", {"r", absl::Milliseconds(1500)}));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].name, kLease);
  EXPECT_EQ(leases[0].spec, "{}");
  EXPECT_EQ(FromWire(service_.asked.wait()), absl::Milliseconds(1500));
  EXPECT_EQ(service_.asked.request_id(), "r");
}

TEST_F(GrpcCoordinatorTest, AnInterruptionEndsThePollThatWaits) {
  service_.hang = true;
  auto poll = std::async(std::launch::async, [&] {
    return coordinator_->Acquire("s", {"r", absl::Seconds(10)});
  });
  service_.polls.get_future().wait();
  coordinator_->InterruptAcquire();
  EXPECT_THAT(poll.get(), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(GrpcCoordinatorTest, ACallThatAStoppingServerCancelsCanBeTriedAgain) {
  service_.answer = grpc::Status::CANCELLED;
  EXPECT_THAT(coordinator_->Acquire("s", {"r", absl::Seconds(10)}),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(GrpcCoordinatorTest, AfterAnInterruptionOnlyAQuestionThatDoesNotWaitIsAsked) {
  coordinator_->InterruptAcquire();
  EXPECT_THAT(coordinator_->Acquire("s", {"r", absl::Seconds(10)}),
              StatusIs(absl::StatusCode::kCancelled));
  ASSERT_OK_AND_ASSIGN(auto const leases, coordinator_->Acquire("s", {"r", absl::ZeroDuration()}));
  EXPECT_THAT(leases, IsEmpty());
}

TEST_F(GrpcCoordinatorTest, EachAnswerToAnArtifactIsAStep) {
  auto const ask = [&] { return coordinator_->ReportArtifact("s", kLease, "abc", 5); };
  EXPECT_THAT(ask(), StatusIs(absl::StatusCode::kInternal, HasSubstr("says nothing")));
  EXPECT_EQ(service_.reported.artifact().sha256(), "abc");

  v1::UploadGrant* const grant = service_.next_step.mutable_grant();
  grant->set_method("PUT");
  grant->set_url("http://host/u");
  (*grant->mutable_headers())["a"] = "b";
  ASSERT_OK_AND_ASSIGN(NextStep step, ask());
  EXPECT_EQ(std::get<SendIt>(step).grant.url, "http://host/u");
  EXPECT_EQ(std::get<SendIt>(step).grant.headers.at("a"), "b");

  service_.next_step.mutable_wait()->set_why("rate limit");
  ASSERT_OK_AND_ASSIGN(step, ask());
  EXPECT_EQ(std::get<AskAgain>(step).why, "rate limit");

  service_.next_step.mutable_already_published();
  ASSERT_OK_AND_ASSIGN(step, ask());
  EXPECT_TRUE(std::get<DeleteIt>(step).published);

  service_.next_step.mutable_conflict();
  ASSERT_OK_AND_ASSIGN(step, ask());
  EXPECT_FALSE(std::get<DeleteIt>(step).published);
}

TEST_F(GrpcCoordinatorTest, ErrorsCarryOver) {
  EXPECT_THAT(coordinator_->Complete("s", kLease, true, "compiler_error", "text"),
              StatusIs(absl::StatusCode::kAborted, "not yours any more"));
  EXPECT_EQ(service_.completed.outcome(), v1::CompleteRequest::PERMANENT_FAILURE);
  EXPECT_EQ(service_.completed.reason().code(), "compiler_error");
}

TEST_F(GrpcCoordinatorTest, CallsFromNowOnGoByTheNewChannelAndThoseUnderWayEndOnTheOldOne) {
  service_.hang = true;
  auto const old_poll = std::async(std::launch::async, [&] {
    return coordinator_->Acquire("s", {"r", absl::Seconds(20)}).status();
  });
  service_.polls.get_future().wait();
  ScriptedService other;
  other.beaten.set_drain(true);
  grpc::ServerBuilder builder;
  builder.RegisterService(&other);
  std::unique_ptr<grpc::Server> const server = builder.BuildAndStart();
  coordinator_->UseChannel(server->InProcessChannel(grpc::ChannelArguments()));
  ASSERT_OK_AND_ASSIGN(HeartbeatReply const reply, coordinator_->Heartbeat("s", {}));
  EXPECT_TRUE(reply.drain);
  EXPECT_EQ(old_poll.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  coordinator_->InterruptAcquire();
  old_poll.wait();
}

}  // namespace
}  // namespace probefarm
