#include "tests/crash/lease_load.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/build/sample_build_spec.h"
#include "lib/driver/asset_name.h"
#include "lib/rpc/channel.h"
#include "lib/rpc/status.h"
#include "lib/rpc/wire.h"
#include "lib/runtime/status_macros.h"
#include "tests/crash/quick_channel.h"

namespace probefarm {
namespace {

constexpr absl::Duration kDeadline = absl::Seconds(5);
constexpr absl::Duration kPause = absl::Milliseconds(10);  // before the same is sent again

std::string SpecOf(std::string const& name) {
  BuildSpec spec = SampleBuildSpec();
  spec.probe.arch = Arch::kX86_64;
  spec.probe.kernel_release = name;
  spec.file_name = ProbeFileName("falco", spec.probe);
  spec.limits.memory_bytes = int64_t{1} << 30;
  return ToJson(spec);
}

template <class Stub, class Request, class Response>
absl::StatusOr<Response> CallOnce(Stub& stub,
                                  grpc::Status (Stub::*method)(grpc::ClientContext*, Request const&,
                                                               Response*),
                                  Request const& request) {
  grpc::ClientContext context;
  SetDeadline(context, kDeadline);
  context.set_wait_for_ready(true);
  Response response;
  absl::Status const status = FromGrpc((stub.*method)(&context, request, &response));
  if (!status.ok()) return status;
  return response;
}

// What a restart or more room may mend.
bool MayPass(absl::Status const& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status) || absl::IsResourceExhausted(status);
}

}  // namespace

// Enqueues batches, each until it is answered, and some of them once more.
class LeaseLoad::Client {
 public:
  Client(LeaseLoad& load, unsigned seed) : load_(load), random_(seed), name_(absl::StrCat(seed)) {}

  void Run() {
    while (!load_.stopping_) {
      v1::EnqueueRequest const request = NewBatch();
      Enqueue(request);
      if (random_() % 4 == 0) Enqueue(request);
      absl::SleepFor(absl::Milliseconds(5));
    }
  }

 private:
  v1::EnqueueRequest NewBatch() {
    v1::EnqueueRequest request;
    request.set_idempotency_key(absl::StrCat("key-", name_, "-", ++batches_));
    for (unsigned i = 0, entries = 1 + random_() % 5; i < entries; ++i)
      request.add_entries()->set_spec(SpecOf(absl::StrCat(name_, "-", ++jobs_)));
    return request;
  }

  void Enqueue(v1::EnqueueRequest const& request) {
    while (!load_.stopping_) {
      auto const response = CallOnce(*load_.jobs_, &v1::JobService::Stub::Enqueue, request);
      if (response.ok()) {
        for (int i = 0; i < response->answers_size(); ++i)
          load_.history_.Enqueued(request.idempotency_key(), i, response->answers(i).job());
        return;
      }
      absl::SleepFor(kPause);
    }
  }

  LeaseLoad& load_;
  std::mt19937 random_;
  std::string const name_;
  int batches_ = 0;
  int64_t jobs_ = 0;
};

// Takes leases and ends them, one way or another.
class LeaseLoad::Worker {
 public:
  Worker(LeaseLoad& load, unsigned seed)
      : load_(load), random_(seed), name_(absl::StrCat("worker-", seed)) {}

  void Run() {
    while (!load_.stopping_) {
      if (session_.empty() && !OpenSession()) continue;
      for (v1::Lease const& lease : Acquire()) Work(lease.name());
      if (random_() % 50 == 0) OpenAnother();
    }
  }

 private:
  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (v1::WorkerService::Stub::*method)(
                                    grpc::ClientContext*, Request const&, Response*),
                                Request const& request) {
    return CallOnce(*load_.workers_, method, request);
  }
  // The same again until there is an answer. CANCELLED at the end of the load.
  template <class Request, class Response>
  absl::StatusOr<Response> Persist(grpc::Status (v1::WorkerService::Stub::*method)(
                                       grpc::ClientContext*, Request const&, Response*),
                                   Request const& request) {
    while (!load_.stopping_) {
      absl::StatusOr<Response> response = Call(method, request);
      if (response.ok() || !MayPass(response.status())) return response;
      absl::SleepFor(kPause);
    }
    return absl::CancelledError("the load is over");
  }

  bool OpenSession() {
    v1::OpenSessionRequest request;
    request.set_worker_id(name_);
    request.set_slots(2);
    request.mutable_capabilities()->set_arch(v1::ARCH_X86_64);
    request.mutable_capabilities()->set_memory_bytes_per_slot(int64_t{2} << 30);
    auto const response = Persist(&v1::WorkerService::Stub::OpenSession, request);
    if (response.ok()) session_ = response->session();
    return response.ok();
  }

  // The earlier session is void from now on, and nothing that comes with it may be accepted.
  void OpenAnother() {
    std::string const old = session_;
    if (!OpenSession() || old.empty()) return;
    v1::AcquireRequest request;
    request.set_session(old);
    request.set_request_id("void");
    request.set_free_slots(1);
    auto const response = Call(&v1::WorkerService::Stub::Acquire, request);
    if (response.ok()) load_.history_.AcceptedStale("an Acquire of a void session");
  }

  std::vector<v1::Lease> Acquire() {
    v1::AcquireRequest request;
    request.set_session(session_);
    request.set_request_id(absl::StrCat(++requests_));
    request.set_free_slots(2);
    *request.mutable_wait() = ToWire(absl::Milliseconds(100));
    auto const response = Persist(&v1::WorkerService::Stub::Acquire, request);
    if (absl::IsAborted(response.status())) session_.clear();
    if (!response.ok()) return {};
    for (v1::Lease const& lease : response->leases())
      load_.history_.Granted(lease.name().job(), lease.name().epoch());
    return {response->leases().begin(), response->leases().end()};
  }

  void Work(v1::LeaseName const& lease) {
    unsigned const kind = random_() % 10;
    if (kind < 6) {
      Fail(lease);
    } else if (kind < 8) {
      FailForNow(lease);
    } else {
      ReportDigest(lease);
    }
    TryStale(lease);
  }

  v1::CompleteRequest Completion(v1::LeaseName const& lease, v1::CompleteRequest::Outcome outcome,
                                 std::string const& code) {
    v1::CompleteRequest request;
    request.set_session(session_);
    *request.mutable_lease() = lease;
    request.set_outcome(outcome);
    request.mutable_reason()->set_code(code);
    return request;
  }

  void Fail(v1::LeaseName const& lease) {
    std::string const code = absl::StrCat("f", lease.job(), "-", lease.epoch());
    auto const request = Completion(lease, v1::CompleteRequest::PERMANENT_FAILURE, code);
    if (!Persist(&v1::WorkerService::Stub::Complete, request).ok()) return;
    load_.history_.Failed(lease.job(), lease.epoch(), code);
    auto const other = Completion(lease, v1::CompleteRequest::TRANSIENT_FAILURE, code + "-again");
    if (Call(&v1::WorkerService::Stub::Complete, other).ok())
      load_.history_.AcceptedStale(absl::StrCat("a second outcome of job ", lease.job()));
  }

  void FailForNow(v1::LeaseName const& lease) {
    auto const request = Completion(lease, v1::CompleteRequest::TRANSIENT_FAILURE, "network");
    Persist(&v1::WorkerService::Stub::Complete, request).IgnoreError();
  }

  // As long as the lease is this worker's, the digest stands in its job; then it is given back.
  void ReportDigest(v1::LeaseName const& lease) {
    v1::ReportArtifactRequest request;
    request.set_session(session_);
    *request.mutable_lease() = lease;
    request.mutable_artifact()->set_sha256(std::string(64, 'a'));
    request.mutable_artifact()->set_size(7);
    if (!Persist(&v1::WorkerService::Stub::ReportArtifact, request).ok()) return;
    v1::GetJobRequest get;
    get.set_id(lease.job());
    auto const job = CallOnce(*load_.jobs_, &v1::JobService::Stub::Get, get);
    if (job.ok() && job->job().epoch() == lease.epoch()) {
      load_.history_.Reported(lease.job(), lease.epoch(),
                              job->job().artifact().sha256() == request.artifact().sha256());
    }
    v1::ReleaseRequest release;
    release.set_session(session_);
    *release.mutable_lease() = lease;
    release.mutable_reason()->set_code("drain");
    Persist(&v1::WorkerService::Stub::Release, release).IgnoreError();
  }

  void TryStale(v1::LeaseName const& lease) {
    if (lease.epoch() < 2) return;
    v1::LeaseName stale = lease;
    stale.set_epoch(lease.epoch() - 1);
    auto const request = Completion(stale, v1::CompleteRequest::PERMANENT_FAILURE, "stale");
    if (Call(&v1::WorkerService::Stub::Complete, request).ok())
      load_.history_.AcceptedStale(absl::StrCat("epoch ", stale.epoch(), " of job ", stale.job()));
  }

  LeaseLoad& load_;
  std::mt19937 random_;
  std::string const name_;
  std::string session_;
  int64_t requests_ = 0;
};

LeaseLoad::LeaseLoad(std::string const& address, LeaseHistory& history, unsigned seed, int clients,
                     int workers)
    : history_(history) {
  auto const channel = QuickChannel(address);
  jobs_ = v1::JobService::NewStub(channel);
  workers_ = v1::WorkerService::NewStub(channel);
  for (int i = 0; i < clients; ++i) {
    threads_.emplace_back([this, seed] { Client(*this, seed).Run(); });
    ++seed;
  }
  for (int i = 0; i < workers; ++i) {
    threads_.emplace_back([this, seed] { Worker(*this, seed).Run(); });
    ++seed;
  }
}

void LeaseLoad::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

absl::StatusOr<std::vector<v1::Job>> LeaseLoad::AllJobs() {
  std::vector<v1::Job> jobs;
  v1::ListJobsRequest request;
  request.set_page_size(1000);
  do {
    auto page = CallOnce(*jobs_, &v1::JobService::Stub::List, request);
    // The connection may be that to the process before.
    if (MayPass(page.status())) page = CallOnce(*jobs_, &v1::JobService::Stub::List, request);
    RETURN_IF_ERROR(page.status());
    jobs.insert(jobs.end(), page->jobs().begin(), page->jobs().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return jobs;
}

}  // namespace probefarm
