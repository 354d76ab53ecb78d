#include "coordinator/api/api_fixture.h"

#include <grpcpp/server_builder.h>

#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/planning/sample_offer.h"
#include "coordinator/store/await.h"
#include "lib/digest/sha256.h"
#include "lib/rpc/wire.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

constexpr char kBytes[] = "probe";

NewJob JobFor(int number) {
  return {.probe = {.driver_version = "8.0.0+driver",
                    .target = "debian",
                    .kernel_release = absl::StrCat("6.1.", number),
                    .kernel_version = "1"},
          .file_name = absl::StrCat("falco_debian_6.1.", number, "_1.o"),
          .fingerprint = "f",
          .spec = "{}"};
}

}  // namespace

ApiFixture::ApiFixture()
    : backfiller_(
          store_, inventory_, [] { return absl::OkStatus(); }, SampleOffer().builders,
          RecipeOptions()),
      enqueuer_(store_, [this] { return backfiller_.PresentOffer(); },
                {"falco", /*accept_specs=*/true}),
      job_api_(store_, backfiller_, enqueuer_, inventory_, phases_, executor_, clock_,
               {"1.2.3", clock_.Now(), "http://farm/releases/", [this] { return host_status_; },
                "0123456789abcdef", [this] { return reconciled_; }, [this] { return rooms_; }}) {
  grpc::ServerBuilder builder;
  builder.RegisterService(&worker_api_);
  builder.RegisterService(&job_api_);
  builder.RegisterService(&catalog_api_);
  server_ = builder.BuildAndStart();
  channel_ = server_->InProcessChannel(grpc::ChannelArguments());
}

ApiFixture::~ApiFixture() {
  dispatcher_.StopGranting();
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
  server_->Wait();
  store_.Shutdown();
}

bool ApiFixture::Eventually(std::function<bool()> const& condition) {
  auto const until = std::chrono::steady_clock::now() + absl::ToChronoSeconds(kPatience);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

std::string ApiFixture::OpenSession(std::string const& worker) {
  v1::OpenSessionRequest request;
  request.set_worker_id(worker);
  request.set_slots(1);
  request.mutable_capabilities()->set_arch(v1::ARCH_X86_64);
  auto const response = Call<v1::WorkerService>(&v1::WorkerService::Stub::OpenSession, request);
  EXPECT_OK(response);
  return response.ok() ? response->session() : "";
}

JobId ApiFixture::Enqueue(int number) {
  auto const answers = Await<std::vector<absl::StatusOr<EnqueuedJob>>>(
      [&](auto done) { store_.Enqueue({.jobs = {JobFor(number)}}, std::move(done)); });
  return answers.value().at(0).value().id;
}

v1::AcquireRequest ApiFixture::AcquireFor(std::string const& session, absl::Duration wait) {
  v1::AcquireRequest request;
  request.set_session(session);
  request.set_request_id("r");
  request.set_free_slots(1);
  *request.mutable_wait() = ToWire(wait);
  return request;
}

v1::Lease ApiFixture::Acquire(std::string const& session, std::string const& request_id) {
  v1::AcquireRequest request = AcquireFor(session, absl::ZeroDuration());
  request.set_request_id(request_id);
  auto const response = Call<v1::WorkerService>(&v1::WorkerService::Stub::Acquire, request);
  EXPECT_OK(response);
  return response.ok() && response->leases_size() == 1 ? response->leases(0) : v1::Lease();
}

void ApiFixture::Publish(int number) {
  Enqueue(number);
  std::string const session = OpenSession(absl::StrCat("publisher-", number));
  v1::Lease const lease = Acquire(session);
  v1::ReportArtifactRequest artifact;
  artifact.set_session(session);
  *artifact.mutable_lease() = lease.name();
  artifact.mutable_artifact()->set_sha256(Sha256Hex(kBytes));
  artifact.mutable_artifact()->set_size(sizeof(kBytes) - 1);
  auto const answer = Call<v1::WorkerService>(&v1::WorkerService::Stub::ReportArtifact, artifact);
  ASSERT_OK(answer);
  ASSERT_TRUE(answer->has_grant()) << answer->ShortDebugString();
  UploadReport const report = host_.Perform({.url = answer->grant().url()}, kBytes);
  v1::ReportUploadRequest upload;
  upload.set_session(session);
  *upload.mutable_lease() = lease.name();
  upload.set_http_status(report.http_status);
  auto const end = Call<v1::WorkerService>(&v1::WorkerService::Stub::ReportUpload, upload);
  ASSERT_OK(end);
  ASSERT_TRUE(end->has_done()) << end->ShortDebugString();
}

Job ApiFixture::JobOf(JobId id) {
  return Await<Job>([&](auto done) { store_.GetJob(id, std::move(done)); }).value();
}

}  // namespace probefarm
