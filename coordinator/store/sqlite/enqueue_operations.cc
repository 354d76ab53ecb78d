#include "coordinator/store/sqlite/enqueue_operations.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/lease_rules.h"
#include "coordinator/store/new_job.h"
#include "coordinator/store/sqlite/backfill_rows.h"
#include "coordinator/store/sqlite/enqueue_answers.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "coordinator/store/sqlite/withdrawal_rows.h"
#include "coordinator/store/withdrawal_rules.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<EnqueuedJob> EnqueueOne(WriteContext& context, NewJob const& job) {
  ASSIGN_OR_RETURN(std::optional<JobId> const unfinished, FindUnfinished(context.db, job.probe));
  if (unfinished) return EnqueuedJob{*unfinished, true};
  Job const queued = QueuedJob(job, context.now);
  ASSIGN_OR_RETURN(JobId const id, InsertJob(context.db, queued, {job.run_limit, job.spec}));
  AddReady(context, queued);
  return EnqueuedJob{id, false};
}

absl::Status CheckNotWithdrawn(WriteContext& context, ProbeId const& probe,
                               std::string const& fingerprint) {
  ASSIGN_OR_RETURN(std::vector<WithdrawnBuild> const withdrawn, FindWithdrawn(context.db, probe));
  return CheckInputsNotWithdrawn(withdrawn, fingerprint);
}

absl::Status CheckEntry(WriteContext& context, absl::StatusOr<NewJob> const& job) {
  RETURN_IF_ERROR(job.status());
  RETURN_IF_ERROR(CheckNewJob(*job));
  return CheckNotWithdrawn(context, job->probe, job->fingerprint);
}

// A bad entry is an answer; only an error of the database ends the batch.
absl::StatusOr<EnqueueAnswers> EnqueueAll(WriteContext& context, EnqueueBatch const& batch) {
  EnqueueAnswers answers;
  for (absl::StatusOr<NewJob> const& job : batch.jobs) {
    absl::Status const checked = CheckEntry(context, job);
    if (!checked.ok()) {
      answers.emplace_back(checked);
      continue;
    }
    ASSIGN_OR_RETURN(EnqueuedJob const enqueued, EnqueueOne(context, *job));
    if (batch.backfill) {
      RETURN_IF_ERROR(AddToBackfill(context.db, *batch.backfill, enqueued.id));
    }
    answers.emplace_back(enqueued);
  }
  return answers;
}

absl::Status CheckNoOtherUnfinished(WriteContext& context, Job const& job) {
  if (!IsFinal(job.state)) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<JobId> const other, FindUnfinished(context.db, job.probe));
  if (!other) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("retry: job ", *other, " for the same probe is unfinished"));
}

}  // namespace

absl::StatusOr<EnqueueAnswers> EnqueueJobs(WriteContext& context, EnqueueBatch const& batch) {
  std::string const& key = batch.idempotency_key;
  if (!key.empty()) {
    RETURN_IF_ERROR(ForgetAnswersBefore(context.db, context.now - kKeepAnswers));
    ASSIGN_OR_RETURN(std::optional<EnqueueAnswers> first, FindAnswers(context.db, key));
    if (first) return *std::move(first);
  }
  if (batch.backfill) RETURN_IF_ERROR(CheckBackfill(context.db, *batch.backfill));
  ASSIGN_OR_RETURN(EnqueueAnswers answers, EnqueueAll(context, batch));
  if (!key.empty()) RETURN_IF_ERROR(KeepAnswers(context.db, key, answers, context.now));
  return answers;
}

absl::StatusOr<Job> ApplyToJob(WriteContext& context, JobId id, std::optional<int64_t> if_epoch,
                               JobEvent const& event) {
  RETURN_IF_ERROR(CheckEvent(event));
  ASSIGN_OR_RETURN(Job const job, FindJob(context.db, id));
  RETURN_IF_ERROR(CheckEpoch(job, if_epoch));
  if (std::holds_alternative<job_event::Retry>(event)) {
    RETURN_IF_ERROR(CheckNoOtherUnfinished(context, job));
    RETURN_IF_ERROR(Annotate(CheckNotWithdrawn(context, job.probe, job.fingerprint), "retry"));
  }
  return MoveJob(context, job, event);
}

}  // namespace probefarm
