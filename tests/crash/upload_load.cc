#include "tests/crash/upload_load.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/build/sample_build_spec.h"
#include "lib/driver/asset_name.h"
#include "lib/rpc/channel.h"
#include "lib/rpc/status.h"
#include "lib/runtime/status_macros.h"
#include "tests/crash/quick_channel.h"

namespace probefarm {
namespace {

constexpr absl::Duration kDeadline = absl::Seconds(5);
constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr int kBatch = 500;

std::string SpecOf(int number, UploadLoadOptions const& options) {
  BuildSpec spec = SampleBuildSpec();
  spec.probe.arch = Arch::kX86_64;
  spec.probe.driver_version = absl::StrCat("9.", number % options.releases, ".0+driver");
  spec.expect.driver_version = spec.probe.driver_version;
  // A name that GitHub rewrites, so that the true one and the kept one differ.
  spec.probe.kernel_release = absl::StrCat("6.1.0-", options.seed, ".", number, "~crash-amd64");
  spec.file_name = ProbeFileName("falco", spec.probe);
  spec.limits.memory_bytes = int64_t{1} << 30;
  return ToJson(spec);
}

template <class Stub, class Request, class Response>
absl::StatusOr<Response> Ask(Stub& stub,
                             grpc::Status (Stub::*method)(grpc::ClientContext*, Request const&,
                                                          Response*),
                             Request const& request) {
  absl::Time const end = absl::Now() + kPatience;
  while (true) {
    grpc::ClientContext context;
    SetDeadline(context, kDeadline);
    context.set_wait_for_ready(true);
    Response response;
    absl::Status const status = FromGrpc((stub.*method)(&context, request, &response));
    if (status.ok()) return response;
    bool const may_pass = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
                          absl::IsResourceExhausted(status);
    if (!may_pass || absl::Now() >= end) return status;
    absl::SleepFor(absl::Milliseconds(50));
  }
}

}  // namespace

UploadLoad::UploadLoad(std::string const& address, UploadLoadOptions const& options)
    : options_(options) {
  auto const channel = QuickChannel(address);
  jobs_ = v1::JobService::NewStub(channel);
  catalog_ = v1::CatalogService::NewStub(channel);
  stub_ = v1::WorkerService::NewStub(channel);
  for (int i = 0; i < options_.workers; ++i) {
    workers_.push_back(std::make_unique<LightWorker>(
        *stub_, stopping_,
        LightWorkerOptions{absl::StrCat("light-", i), options_.seed + i, options_.file_bytes,
                           &dies_once_in_, options_.step_pause}));
  }
  for (auto const& worker : workers_) threads_.emplace_back([&worker] { worker->Run(); });
}

absl::Status UploadLoad::Order(int probes) {
  while (probes > 0) {
    v1::EnqueueRequest request;
    request.set_idempotency_key(absl::StrCat("uploads-", options_.seed, "-", ordered_));
    int const batch = std::min(probes, kBatch);
    for (int i = 0; i < batch; ++i) request.add_entries()->set_spec(SpecOf(ordered_ + i, options_));
    RETURN_IF_ERROR(Ask(*jobs_, &v1::JobService::Stub::Enqueue, request).status());
    ordered_ += batch;
    probes -= batch;
  }
  return absl::OkStatus();
}

void UploadLoad::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

int64_t UploadLoad::deaths() const {
  int64_t deaths = 0;
  for (auto const& worker : workers_) deaths += worker->deaths();
  return deaths;
}

int64_t UploadLoad::uploads() const {
  int64_t uploads = 0;
  for (auto const& worker : workers_) uploads += worker->uploads();
  return uploads;
}

absl::StatusOr<std::vector<v1::Job>> UploadLoad::AllJobs() {
  std::vector<v1::Job> jobs;
  v1::ListJobsRequest request;
  request.set_page_size(1000);
  do {
    ASSIGN_OR_RETURN(auto const page, Ask(*jobs_, &v1::JobService::Stub::List, request));
    jobs.insert(jobs.end(), page.jobs().begin(), page.jobs().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return jobs;
}

absl::StatusOr<std::vector<v1::PublishedProbe>> UploadLoad::AllProbes() {
  std::vector<v1::PublishedProbe> probes;
  v1::ListProbesRequest request;
  request.set_page_size(1000);
  do {
    ASSIGN_OR_RETURN(auto const page,
                     Ask(*catalog_, &v1::CatalogService::Stub::ListProbes, request));
    probes.insert(probes.end(), page.probes().begin(), page.probes().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return probes;
}

}  // namespace probefarm
