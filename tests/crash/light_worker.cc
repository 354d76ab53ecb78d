#include "tests/crash/light_worker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/digest/sha256.h"
#include "lib/rpc/channel.h"
#include "lib/rpc/status.h"
#include "lib/rpc/wire.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr absl::Duration kDeadline = absl::Seconds(20);
constexpr absl::Duration kPause = absl::Milliseconds(20);       // before the same is sent again
constexpr absl::Duration kHeartbeat = absl::Milliseconds(500);  // while a file waits
constexpr size_t kMaxBody = 64 << 10;
constexpr int kCuts = 3;

bool MayPass(absl::Status const& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status) || absl::IsResourceExhausted(status);
}

// The file, up to where the upload breaks off; then an error, and the connection goes.
BodySource SourceOf(std::string const& bytes, size_t most) {
  return
      [&bytes, most, at = size_t{0}](char* buffer, size_t size) mutable -> absl::StatusOr<size_t> {
        if (at == most && most < bytes.size()) return absl::AbortedError("the worker has died");
        size_t const count = std::min(size, most - at);
        bytes.copy(buffer, count, at);
        at += count;
        return count;
      };
}

}  // namespace

std::string LightBytes(int64_t job, size_t size) {
  std::mt19937_64 random(job);
  std::string bytes = absl::StrCat("made up for job ", job, "\n");
  while (bytes.size() < size) absl::StrAppend(&bytes, absl::Hex(random()));
  bytes.resize(size);
  return bytes;
}

LightWorker::LightWorker(v1::WorkerService::Stub& stub, std::atomic<bool> const& stopping,
                         LightWorkerOptions options)
    : stub_(stub), stopping_(stopping), options_(std::move(options)), random_(options_.seed) {}

template <class Request, class Response>
absl::StatusOr<Response> LightWorker::Persist(grpc::Status (v1::WorkerService::Stub::*method)(
                                                  grpc::ClientContext*, Request const&, Response*),
                                              Request const& request) {
  while (!stopping_) {
    grpc::ClientContext context;
    SetDeadline(context, kDeadline);
    context.set_wait_for_ready(true);
    Response response;
    absl::Status const status = FromGrpc((stub_.*method)(&context, request, &response));
    if (status.ok()) return response;
    if (!MayPass(status)) return status;
    absl::SleepFor(kPause);
  }
  return absl::CancelledError("the load is over");
}

void LightWorker::Run() {
  while (!stopping_) {
    if (session_.empty() && !OpenSession()) continue;
    SendLate();
    AcquireAndWork();
  }
}

bool LightWorker::OpenSession() {
  v1::OpenSessionRequest request;
  request.set_worker_id(options_.id);
  request.set_slots(1);
  request.mutable_capabilities()->set_arch(v1::ARCH_X86_64);
  request.mutable_capabilities()->set_memory_bytes_per_slot(int64_t{2} << 30);
  auto const response = Persist(&v1::WorkerService::Stub::OpenSession, request);
  if (response.ok()) session_ = response->session();
  return response.ok();
}

std::vector<LightWorker::Work> LightWorker::Acquire() {
  v1::AcquireRequest request;
  request.set_session(session_);
  request.set_request_id(absl::StrCat(++requests_));
  request.set_free_slots(1);
  *request.mutable_wait() = ToWire(absl::Milliseconds(200));
  auto const response = Persist(&v1::WorkerService::Stub::Acquire, request);
  if (absl::IsAborted(response.status())) session_.clear();
  std::vector<Work> work;
  if (!response.ok()) return work;
  for (v1::Lease const& lease : response->leases())
    work.push_back({lease.name(), LightBytes(lease.name().job(), options_.file_bytes)});
  return work;
}

void LightWorker::AcquireAndWork() {
  for (Work const& work : Acquire()) Publish(work);
}

bool LightWorker::Dies() {
  absl::SleepFor(options_.step_pause);
  int const once_in = options_.dies_once_in == nullptr ? 0 : options_.dies_once_in->load();
  if (once_in == 0 || random_() % once_in != 0) return false;
  session_.clear();
  ++deaths_;
  return true;
}

void LightWorker::WriteLog(Work const& work) {
  v1::AppendLogRequest request;
  request.set_session(session_);
  *request.mutable_lease() = work.lease;
  request.set_data(
      absl::StrCat("run ", work.lease.epoch(), " of job ", work.lease.job(), " made it\n"));
  auto const response = Persist(&v1::WorkerService::Stub::AppendLog, request);
  if (absl::IsAborted(response.status())) session_.clear();
}

void LightWorker::Publish(Work const& work) {
  if (Dies()) return;
  while (std::optional<v1::UploadGrant> grant = Report(work)) {
    if (Dies()) {
      if (random_() % 2 == 0) late_.emplace(work, *std::move(grant));
      return;
    }
    if (!Upload(work, *std::move(grant))) return;
  }
}

std::optional<v1::UploadGrant> LightWorker::Report(Work const& work) {
  WriteLog(work);
  if (session_.empty()) return std::nullopt;
  v1::ReportArtifactRequest request;
  request.set_session(session_);
  *request.mutable_lease() = work.lease;
  request.mutable_artifact()->set_sha256(Sha256Hex(work.bytes));
  request.mutable_artifact()->set_size(static_cast<int64_t>(work.bytes.size()));
  while (true) {
    auto const response = Persist(&v1::WorkerService::Stub::ReportArtifact, request);
    if (absl::IsAborted(response.status())) session_.clear();
    if (!response.ok()) return std::nullopt;
    if (response->has_grant()) return response->grant();
    if (!response->has_wait()) return std::nullopt;
    if (!Wait(work, FromWire(response->wait().not_before()))) return std::nullopt;
  }
}

bool LightWorker::Upload(Work const& work, v1::UploadGrant grant) {
  while (true) {
    Cut const cut = Dies() ? static_cast<Cut>(random_() % kCuts) : Cut::kNone;
    v1::ReportUploadRequest report = Perform(work, grant, cut);
    if (session_.empty() || Dies()) return false;
    auto const response = ReportUpload(work, std::move(report));
    if (absl::IsAborted(response.status())) session_.clear();
    if (!response.ok()) return false;
    if (response->has_wait()) return Wait(work, FromWire(response->wait().not_before()));
    if (!response->has_retry()) return false;
    grant = response->retry();
  }
}

v1::ReportUploadRequest LightWorker::Perform(Work const& work, v1::UploadGrant const& grant,
                                             Cut cut) {
  HttpRequest request;
  request.method = grant.method();
  request.url = grant.url();
  for (auto const& [name, value] : grant.headers()) request.headers.emplace_back(name, value);
  request.total_timeout = FromWire(grant.deadline()) - absl::Now();
  request.body_size = static_cast<int64_t>(work.bytes.size());
  request.body_source =
      SourceOf(work.bytes, cut == Cut::kMiddle ? work.bytes.size() / 2 : work.bytes.size());
  if (cut == Cut::kBeforeAnswer) {
    absl::Time const end = absl::Now() + absl::Milliseconds(random_() % 5);
    request.cancelled = [end] { return absl::Now() >= end; };
  }
  ++uploads_;
  absl::StatusOr<HttpResponse> const answer = http_->Send(request);
  v1::ReportUploadRequest report;
  if (!answer.ok()) {
    report.set_error(std::string(answer.status().message()));
    return report;
  }
  report.set_http_status(answer->status);
  for (auto const& [name, value] : answer->headers) (*report.mutable_headers())[name] = value;
  report.set_body(answer->body.substr(0, kMaxBody));
  return report;
}

absl::StatusOr<v1::ReportUploadResponse> LightWorker::ReportUpload(Work const& work,
                                                                   v1::ReportUploadRequest report) {
  report.set_session(session_);
  *report.mutable_lease() = work.lease;
  return Persist(&v1::WorkerService::Stub::ReportUpload, report);
}

void LightWorker::SendLate() {
  if (!late_ || random_() % 4 != 0) return;
  auto const [work, grant] = *std::exchange(late_, std::nullopt);
  // It is refused, or the job is this worker's by chance again; both are in order.
  ReportUpload(work, Perform(work, grant, Cut::kNone)).status().IgnoreError();
}

bool LightWorker::Wait(Work const& work, absl::Time until) {
  v1::HeartbeatRequest request;
  request.set_session(session_);
  *request.add_held()->mutable_name() = work.lease;
  while (absl::Now() < until) {
    if (stopping_) return false;
    absl::SleepFor(std::min(kHeartbeat, until - absl::Now()));
    auto const response = Persist(&v1::WorkerService::Stub::Heartbeat, request);
    if (absl::IsAborted(response.status())) session_.clear();
    if (!response.ok() || response->verdicts(0) != v1::CONTINUE) return false;
  }
  return !Dies();
}

}  // namespace probefarm
