#include "coordinator/scheduling/job_transition.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

bool IsPoisoned(Job const& job, AttemptPolicy const& policy) {
  std::set<std::string> const distinct(job.lost_workers.begin(), job.lost_workers.end());
  return static_cast<int>(job.lost_workers.size()) >= policy.poison_losses ||
         static_cast<int>(distinct.size()) >= policy.poison_workers;
}

// Moves one job by one event; an overload for each event.
class Mover {
 public:
  Mover(Job job, AttemptPolicy const& policy, absl::Time now, absl::BitGenRef random)
      : job_(std::move(job)), policy_(policy), now_(now), random_(random) {}

  absl::StatusOr<Job> operator()(job_event::Grant const& grant) {
    if (!In({JobState::kQueued})) return Refuse("grant");
    // Only a limit that was lowered meanwhile leaves such a job in the queue.
    if (job_.attempts >= policy_.max_attempts) return Die(job_.reason);
    ++job_.epoch;
    ++job_.attempts;
    job_.session = grant.session;
    job_.worker = grant.worker;
    job_.run_deadline = now_ + grant.run_limit;
    return MoveTo(JobState::kLeased, {});
  }

  absl::StatusOr<Job> operator()(job_event::Expire const& expire) {
    if (!IsHeld(job_.state)) return Refuse("expire");
    if (expire.overdue) {
      return EndLease({"run_deadline", absl::StrCat("the run on worker ", job_.worker,
                                                    " went beyond its time limit")},
                      job_.state == JobState::kLeased);
    }
    Reason const lost{"worker_lost", absl::StrCat("worker ", job_.worker, " was lost")};
    if (job_.state != JobState::kLeased) return EndLease(lost, /*counts=*/false);
    if (!expire.crowd) job_.lost_workers.push_back(job_.worker);
    if (!expire.crowd && IsPoisoned(job_, policy_)) return Die(Poison());
    return EndLease(lost, /*counts=*/true);
  }

  absl::StatusOr<Job> operator()(job_event::Release const& release) {
    if (!IsHeld(job_.state)) return Refuse("release");
    return EndLease(release.reason, /*counts=*/false);
  }

  absl::StatusOr<Job> operator()(job_event::TransientFailure const& failure) {
    if (!IsHeld(job_.state)) return Refuse("transient_failure");
    return EndLease(failure.reason, /*counts=*/true);
  }

  absl::StatusOr<Job> operator()(job_event::PermanentFailure const& failure) {
    if (!In({JobState::kLeased})) return Refuse("permanent_failure");
    return MoveTo(JobState::kFailed, failure.reason);
  }

  absl::StatusOr<Job> operator()(job_event::ReportArtifact const& report) {
    if (In({JobState::kBuilt, JobState::kUploading, JobState::kVerifying, JobState::kPublished})) {
      if (job_.artifact == report.artifact) return job_;
      return RefuseOtherArtifact(report.artifact);
    }
    if (!In({JobState::kLeased})) return Refuse("report_artifact");
    job_.artifact = report.artifact;
    job_.run_deadline = absl::InfiniteFuture();  // the run is over, however long the upload waits
    return MoveTo(JobState::kBuilt, {});
  }

  absl::StatusOr<Job> operator()(job_event::GrantUpload const& /*event*/) {
    if (In({JobState::kUploading})) return job_;
    if (!In({JobState::kBuilt})) return Refuse("grant_upload");
    return MoveTo(JobState::kUploading, {});
  }

  absl::StatusOr<Job> operator()(job_event::UploadArrived const& /*event*/) {
    if (!In({JobState::kUploading})) return Refuse("upload_arrived");
    return MoveTo(JobState::kVerifying, {});
  }

  absl::StatusOr<Job> operator()(job_event::Verified const& /*event*/) {
    if (!In({JobState::kVerifying})) return Refuse("verified");
    return MoveTo(JobState::kPublished, {});
  }

  absl::StatusOr<Job> operator()(job_event::AssetMissing const& /*event*/) {
    if (!In({JobState::kVerifying})) return Refuse("asset_missing");
    return RequeueUncounted({"asset_missing", "the release host does not hold the asset"});
  }

  absl::StatusOr<Job> operator()(job_event::Conflict const& conflict) {
    if (!In({JobState::kBuilt, JobState::kUploading, JobState::kVerifying})) {
      return Refuse("conflict");
    }
    return MoveTo(JobState::kFailed, conflict.reason);
  }

  absl::StatusOr<Job> operator()(job_event::Skip const& skip) {
    if (!In({JobState::kQueued, JobState::kLeased, JobState::kBuilt, JobState::kVerifying})) {
      return Refuse("skip");
    }
    return MoveTo(JobState::kSkipped, skip.reason);
  }

  absl::StatusOr<Job> operator()(job_event::Cancel const& /*event*/) {
    if (In({JobState::kUploading, JobState::kVerifying})) {
      return absl::FailedPreconditionError(
          absl::StrCat("uploading: job ", job_.id, " cannot be cancelled any more"));
    }
    if (IsFinal(job_.state)) return Refuse("cancel");
    return MoveTo(JobState::kCancelled, {"cancelled", "a client cancelled it"});
  }

  absl::StatusOr<Job> operator()(job_event::Retry const& /*event*/) {
    if (!IsFinal(job_.state) || In({JobState::kPublished})) return Refuse("retry");
    job_.attempts = 0;
    job_.free_requeues = 0;
    job_.lost_workers.clear();
    job_.artifact.reset();
    job_.not_before = now_;
    return MoveTo(JobState::kQueued, {});
  }

 private:
  bool In(std::initializer_list<JobState> states) const {
    return std::find(states.begin(), states.end(), job_.state) != states.end();
  }

  absl::Status Refuse(absl::string_view event) const {
    return absl::FailedPreconditionError(
        absl::StrCat(event, ": job ", job_.id, " is ", JobStateName(job_.state)));
  }

  absl::Status RefuseOtherArtifact(Artifact const& artifact) const {
    return absl::FailedPreconditionError(
        absl::StrCat("report_artifact: job ", job_.id, " has reported ",
                     job_.artifact ? job_.artifact->sha256 : "nothing", " in epoch ", job_.epoch,
                     ", which ", artifact.sha256, " cannot replace"));
  }

  // The lease ends without an outcome.
  Job EndLease(Reason reason, bool counts) {
    if (In({JobState::kUploading})) return MoveTo(JobState::kVerifying, std::move(reason));
    return counts ? RequeueCounted(std::move(reason)) : RequeueUncounted(std::move(reason));
  }

  Job RequeueCounted(Reason reason) {
    if (job_.attempts >= policy_.max_attempts) {
      reason.text = absl::StrCat("given up after ", job_.attempts, " runs: ", reason.text);
      return Die(std::move(reason));
    }
    return Requeue(std::move(reason), job_.attempts);
  }

  Job RequeueUncounted(Reason reason) {
    if (job_.free_requeues >= policy_.max_free_requeues) {
      reason.text =
          absl::StrCat("given up after coming back ", job_.free_requeues, " times: ", reason.text);
      return Die(std::move(reason));
    }
    --job_.attempts;
    ++job_.free_requeues;
    return Requeue(std::move(reason), job_.free_requeues);
  }

  Job Requeue(Reason reason, int tries) {
    job_.artifact.reset();
    job_.not_before = now_ + policy_.backoff.Delay(tries, random_);
    return MoveTo(JobState::kQueued, std::move(reason));
  }

  Reason Poison() const {
    return {"poison", absl::StrCat("lost ", job_.lost_workers.size(),
                                   " workers while they built it, last ", job_.worker)};
  }

  Job Die(Reason reason) { return MoveTo(JobState::kDead, std::move(reason)); }

  Job MoveTo(JobState state, Reason reason) {
    job_.state = state;
    job_.reason = std::move(reason);
    job_.updated_at = now_;
    if (!IsHeld(state)) {
      job_.session.clear();
      job_.run_deadline = absl::InfiniteFuture();
    }
    return job_;
  }

  Job job_;
  AttemptPolicy const& policy_;
  absl::Time now_;
  absl::BitGenRef random_;
};

}  // namespace

absl::StatusOr<Job> Transition(Job job, JobEvent const& event, AttemptPolicy const& policy,
                               absl::Time now, absl::BitGenRef random) {
  return std::visit(Mover(std::move(job), policy, now, random), event);
}

bool RepeatsAcceptedReport(Job const& job, JobEvent const& event) {
  JobState const state = job.state;
  bool const requeued = state == JobState::kQueued || state == JobState::kDead;
  bool const arrived = state == JobState::kVerifying || state == JobState::kPublished;
  return std::visit(
      Overloaded{
          [&](job_event::Release const& e) { return requeued && job.reason.code == e.reason.code; },
          [&](job_event::TransientFailure const& e) {
            return requeued && job.reason.code == e.reason.code;
          },
          [&](job_event::PermanentFailure const&) { return state == JobState::kFailed; },
          [&](job_event::ReportArtifact const& e) { return arrived && job.artifact == e.artifact; },
          [&](job_event::UploadArrived const&) { return arrived; },
          [&](job_event::Conflict const&) { return state == JobState::kFailed; },
          [&](job_event::Skip const&) { return state == JobState::kSkipped; },
          [](auto const&) { return false; },
      },
      event);
}

absl::string_view EventName(JobEvent const& event) {
  return std::visit(Overloaded{
                        [](job_event::Grant const&) { return "grant"; },
                        [](job_event::Expire const&) { return "expire"; },
                        [](job_event::Release const&) { return "release"; },
                        [](job_event::TransientFailure const&) { return "transient_failure"; },
                        [](job_event::PermanentFailure const&) { return "permanent_failure"; },
                        [](job_event::ReportArtifact const&) { return "report_artifact"; },
                        [](job_event::GrantUpload const&) { return "grant_upload"; },
                        [](job_event::UploadArrived const&) { return "upload_arrived"; },
                        [](job_event::Verified const&) { return "verified"; },
                        [](job_event::AssetMissing const&) { return "asset_missing"; },
                        [](job_event::Conflict const&) { return "conflict"; },
                        [](job_event::Skip const&) { return "skip"; },
                        [](job_event::Cancel const&) { return "cancel"; },
                        [](job_event::Retry const&) { return "retry"; },
                    },
                    event);
}

}  // namespace probefarm
