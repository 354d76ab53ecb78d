#include "coordinator/api/job_api.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/api/enqueue_call.h"
#include "coordinator/api/explain_call.h"
#include "coordinator/api/page_token.h"
#include "coordinator/api/status_call.h"
#include "coordinator/api/tail_log_reactor.h"
#include "coordinator/api/watch_reactor.h"
#include "coordinator/api/wire.h"
#include "coordinator/store/await.h"
#include "lib/rpc/status.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kDefaultPage = 100;
constexpr int kMaxPage = 1000;
constexpr int kMaxExcluded = 1000;
constexpr char kJobList[] = "jobs";

grpc::ServerUnaryReactor* Finished(grpc::CallbackServerContext* context,
                                   absl::Status const& status) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

Done<bool> FinishWith(grpc::ServerUnaryReactor* reactor) {
  return [reactor](absl::StatusOr<bool> const& done) { reactor->Finish(ToGrpc(done.status())); };
}

absl::StatusOr<BackfillOrder> OrderOf(v1::BackfillRequest const& request) {
  BackfillOrder order;
  order.filter.driver_version = request.filter().driver_version();
  order.filter.target = request.filter().target();
  order.filter.kernel_regex = request.filter().kernel();
  if (request.filter().kind() != v1::KIND_UNSPECIFIED) {
    ASSIGN_OR_RETURN(order.filter.kind, FromWire(request.filter().kind()));
  }
  if (request.filter().arch() != v1::ARCH_UNSPECIFIED) {
    ASSIGN_OR_RETURN(order.filter.arch, FromWire(request.filter().arch()));
  }
  if (request.newest() < 0) return absl::InvalidArgumentError("newest must not be negative");
  order.filter.newest = request.newest();
  order.dry_run = request.dry_run();
  return order;
}

void Fill(BackfillResult const& result, v1::BackfillResponse& response) {
  response.set_backfill(result.backfill);
  response.set_enqueued(result.enqueued);
  response.set_joined(result.joined);
  response.set_already_published(result.already_published);
  response.set_known_to_fail(result.known_to_fail);
  response.set_excluded_total(static_cast<int64_t>(result.excluded.size()));
  for (ExcludedProbe const& excluded : result.excluded) {
    if (response.excluded_size() == kMaxExcluded) break;
    v1::ExcludedProbe* const wire = response.add_excluded();
    *wire->mutable_probe() = ToWire(excluded.probe);
    *wire->mutable_reason() = ToWire(excluded.reason);
  }
}

// A stream that ends before it has begun. Deletes itself.
template <class Response>
class FailedStream final : public grpc::ServerWriteReactor<Response> {
 public:
  explicit FailedStream(absl::Status const& status) { this->Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

bool AllFinal(JobCounts const& counts) {
  return std::ranges::all_of(
      counts, [](auto const& entry) { return entry.second == 0 || IsFinal(entry.first); });
}

}  // namespace

JobApi::JobApi(Store& store, Backfiller& backfiller, Enqueuer& enqueuer, InventoryBoard& inventory,
               PhaseBoard& phases, Executor& executor, Clock& clock, ServerFacts facts)
    : store_(store),
      backfiller_(backfiller),
      enqueuer_(enqueuer),
      inventory_(inventory),
      phases_(phases),
      executor_(executor),
      clock_(clock),
      facts_(std::move(facts)) {}

v1::Job JobApi::Wire(Job const& job) const {
  return ToWire(job, phases_.ProgressOf(job.session, {job.id, job.epoch}));
}

grpc::ServerUnaryReactor* JobApi::Backfill(grpc::CallbackServerContext* context,
                                           v1::BackfillRequest const* request,
                                           v1::BackfillResponse* response) {
  absl::StatusOr<BackfillOrder> order = OrderOf(*request);
  if (!order.ok()) return Finished(context, order.status());
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  executor_.Run([this, reactor, response, order = *std::move(order)] {
    absl::StatusOr<BackfillResult> const result = backfiller_.Run(order);
    if (result.ok()) Fill(*result, *response);
    reactor->Finish(ToGrpc(result.status()));
  });
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::GetBackfill(grpc::CallbackServerContext* context,
                                              v1::GetBackfillRequest const* request,
                                              v1::GetBackfillResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.GetBackfill(
      request->backfill(), [reactor, response](absl::StatusOr<BackfillProgress> progress) {
        if (progress.ok()) {
          response->set_description(progress->description);
          FillCounts(progress->counts, *response->mutable_counts());
          response->set_done(AllFinal(progress->counts) && progress->stale_releases == 0);
        }
        reactor->Finish(ToGrpc(progress.status()));
      });
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::Enqueue(grpc::CallbackServerContext* context,
                                          v1::EnqueueRequest const* request,
                                          v1::EnqueueResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  EnqueueCall{store_, enqueuer_, executor_}.Start(reactor, *request, response);
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::List(grpc::CallbackServerContext* context,
                                       v1::ListJobsRequest const* request,
                                       v1::ListJobsResponse* response) {
  absl::StatusOr<JobFilter> filter = FromWire(request->filter());
  if (!filter.ok()) return Finished(context, filter.status());
  absl::StatusOr<int> const size = CheckPageSize(request->page_size(), kDefaultPage, kMaxPage);
  if (!size.ok()) return Finished(context, size.status());
  absl::StatusOr<std::string> const cursor =
      CursorOf(kJobList, request->filter(), request->page_token());
  if (!cursor.ok()) return Finished(context, cursor.status());
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.ListJobs(
      *std::move(filter), {*size, *cursor},
      [this, reactor, request, response](absl::StatusOr<JobPage> page) {
        if (page.ok()) {
          for (Job const& job : page->jobs) *response->add_jobs() = Wire(job);
          response->set_next_page_token(PageToken(kJobList, request->filter(), page->next_cursor));
        }
        reactor->Finish(ToGrpc(page.status()));
      });
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::Get(grpc::CallbackServerContext* context,
                                      v1::GetJobRequest const* request,
                                      v1::GetJobResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.GetJob(request->id(),
                [this, reactor, response, id = request->id()](absl::StatusOr<Job> job) {
                  if (!job.ok()) {
                    reactor->Finish(ToGrpc(job.status()));
                    return;
                  }
                  *response->mutable_job() = Wire(*job);
                  store_.GetSpec(id, [reactor, response](absl::StatusOr<std::string> spec) {
                    absl::Status const status = spec.status();
                    if (spec.ok()) response->set_spec(*std::move(spec));
                    reactor->Finish(ToGrpc(status));
                  });
                });
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::Explain(grpc::CallbackServerContext* context,
                                          v1::ExplainRequest const* request,
                                          v1::ExplainResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  executor_.Run([this, reactor, id = request->job(), response] {
    reactor->Finish(ToGrpc(ExplainCall{store_, phases_, clock_, facts_}.Fill(id, *response)));
  });
  return reactor;
}

grpc::ServerWriteReactor<v1::WatchResponse>* JobApi::Watch(grpc::CallbackServerContext*,
                                                           v1::WatchRequest const* request) {
  absl::StatusOr<JobFilter> filter = FromWire(request->filter());
  if (filter.ok() && request->revision() < 0)
    filter = absl::InvalidArgumentError("a revision must not be negative");
  if (!filter.ok()) return new FailedStream<v1::WatchResponse>(filter.status());
  auto* const reactor = new WatchReactor(
      store_, *std::move(filter),
      request->has_revision() ? std::make_optional(request->revision()) : std::nullopt,
      [this](Job const& job) { return Wire(job); });
  reactor->Start();
  return reactor;
}

grpc::ServerWriteReactor<v1::TailLogResponse>* JobApi::TailLog(grpc::CallbackServerContext*,
                                                               v1::TailLogRequest const* request) {
  auto* const reactor = new TailLogReactor(store_, *request);
  reactor->Start();
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::Cancel(grpc::CallbackServerContext* context,
                                         v1::CancelRequest const* request,
                                         v1::CancelResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.ApplyToJob(request->job(), std::nullopt, job_event::Cancel{},
                    [this, reactor, response](absl::StatusOr<Job> job) {
                      if (job.ok()) *response->mutable_job() = Wire(*job);
                      reactor->Finish(ToGrpc(job.status()));
                    });
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::Retry(grpc::CallbackServerContext* context,
                                        v1::RetryRequest const* request,
                                        v1::RetryResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.ApplyToJob(request->job(), std::nullopt, job_event::Retry{},
                    [this, reactor, response](absl::StatusOr<Job> job) {
                      if (job.ok()) *response->mutable_job() = Wire(*job);
                      reactor->Finish(ToGrpc(job.status()));
                    });
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::Pause(grpc::CallbackServerContext* context,
                                        v1::PauseRequest const*, v1::PauseResponse*) {
  Log(LogLevel::kWarning, "paused: no new leases");
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.SetPaused(true, FinishWith(reactor));
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::Resume(grpc::CallbackServerContext* context,
                                         v1::ResumeRequest const*, v1::ResumeResponse*) {
  Log(LogLevel::kInfo, "resumed");
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.SetPaused(false, FinishWith(reactor));
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::DrainWorker(grpc::CallbackServerContext* context,
                                              v1::DrainWorkerRequest const* request,
                                              v1::DrainWorkerResponse*) {
  Log(LogLevel::kWarning, "worker is to drain", {{"worker", request->worker()}});
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.SetDrained(request->worker(), true, FinishWith(reactor));
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::ResumeWorker(grpc::CallbackServerContext* context,
                                               v1::ResumeWorkerRequest const* request,
                                               v1::ResumeWorkerResponse*) {
  Log(LogLevel::kInfo, "worker may work again", {{"worker", request->worker()}});
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.SetDrained(request->worker(), false, FinishWith(reactor));
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::ListWorkers(grpc::CallbackServerContext* context,
                                              v1::ListWorkersRequest const*,
                                              v1::ListWorkersResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.ListWorkers([this, reactor, response](absl::StatusOr<std::vector<WorkerRecord>> workers) {
    if (workers.ok()) {
      for (WorkerRecord const& worker : *workers)
        *response->add_workers() = ToWire(worker, phases_);
    }
    reactor->Finish(ToGrpc(workers.status()));
  });
  return reactor;
}

grpc::ServerUnaryReactor* JobApi::GetStatus(grpc::CallbackServerContext* context,
                                            v1::GetStatusRequest const*,
                                            v1::GetStatusResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  executor_.Run([this, reactor, response] {
    reactor->Finish(ToGrpc(StatusCall{store_, inventory_, facts_}.Fill(*response)));
  });
  return reactor;
}

}  // namespace probefarm
