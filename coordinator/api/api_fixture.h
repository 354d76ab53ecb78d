#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/api/catalog_api.h"
#include "coordinator/api/job_api.h"
#include "coordinator/api/worker_api.h"
#include "coordinator/releases/fake_release_host.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/rpc/channel.h"
#include "lib/rpc/status.h"
#include "lib/runtime/fake_clock.h"

namespace probefarm {

// The three services over an in-process channel, on a store and a release host in memory. Every
// call has a deadline, so that a test which would hang fails.
//
//   class JobApiTest : public ApiFixture {};
//   TEST_F(JobApiTest, …) {
//     JobId const id = Enqueue(1);
//     ASSERT_OK(Call<v1::JobService>(&v1::JobService::Stub::Cancel, request));
//     EXPECT_EQ(JobOf(id).state, JobState::kCancelled);
//   }
class ApiFixture : public testing::Test {
 protected:
  ApiFixture();
  ~ApiFixture() override;

  // A unary call; a gRPC error comes back as the absl::Status that lib/rpc/status.h makes of it.
  template <class Service, class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Service::Stub::*method)(grpc::ClientContext*,
                                                                      Request const&, Response*),
                                Request const& request) {
    grpc::ClientContext context;
    return Call<Service>(method, request, context);
  }

  // `context` is the caller's, who may cancel it.
  template <class Service, class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Service::Stub::*method)(grpc::ClientContext*,
                                                                      Request const&, Response*),
                                Request const& request, grpc::ClientContext& context) {
    SetDeadline(context, kPatience);
    Response response;
    typename Service::Stub stub(channel_);
    grpc::Status const status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  // Waits for what another thread is about to do; false when it does not.
  static bool Eventually(std::function<bool()> const& condition);

  // --- short ways through the services; each expects success

  std::string OpenSession(std::string const& worker);
  // `number` makes the kernel's release: "6.1.<number>".
  JobId Enqueue(int number);
  // Does not wait. An empty lease when there is none.
  v1::Lease Acquire(std::string const& session, std::string const& request_id = "r");
  // Takes a job through all states.
  void Publish(int number);
  Job JobOf(JobId id);
  // For one slot, with request id "r".
  static v1::AcquireRequest AcquireFor(std::string const& session, absl::Duration wait);

  static constexpr absl::Duration kPatience = absl::Seconds(20);

  FakeClock clock_;
  MemoryStore store_{clock_};
  FakeReleaseHost host_{&clock_};
  Metrics metrics_;
  PhaseBoard phases_;
  InventoryBoard inventory_;
  // What the release host's check answers to GetStatus.
  absl::Status host_status_;
  ReconcileReport reconciled_;
  std::vector<ReleaseRoom> rooms_;
  Dispatcher dispatcher_{store_, clock_};
  Publisher publisher_{store_, host_, clock_, metrics_, [] {}};
  Backfiller backfiller_;
  Enqueuer enqueuer_;
  Executor executor_{2};
  WorkerApi worker_api_{store_, dispatcher_, phases_, publisher_, executor_, metrics_, clock_, {}};
  JobApi job_api_;
  Withdrawer withdrawer_{&store_, &host_, &metrics_, [] {}};
  CatalogApi catalog_api_{store_, inventory_, withdrawer_, executor_,
                          [this] { return reconciled_; }};
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace probefarm
