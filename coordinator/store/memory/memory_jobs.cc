#include <algorithm>
#include <memory>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "coordinator/store/lease_rules.h"
#include "coordinator/store/log_rules.h"
#include "coordinator/store/memory/memory_tables.h"
#include "coordinator/store/new_job.h"
#include "coordinator/store/page_cursor.h"
#include "coordinator/store/withdrawal_rules.h"
#include "lib/runtime/status_macros.h"
#include "re2/re2.h"

namespace probefarm {
namespace {

absl::Status NoSuchJob(JobId id) { return absl::NotFoundError(absl::StrCat("no job ", id)); }

absl::Status NoSuchBackfill(BackfillId id) {
  return absl::NotFoundError(absl::StrCat("no backfill ", id));
}

bool MatchesProbe(JobFilter const& filter, RE2 const& kernel, ProbeId const& probe) {
  return (filter.driver_version.empty() || filter.driver_version == probe.driver_version) &&
         (filter.target.empty() || filter.target == probe.target) &&
         (!filter.kind || *filter.kind == probe.kind) &&
         (!filter.arch || *filter.arch == probe.arch) &&
         RE2::PartialMatch(probe.kernel_release, kernel);
}

bool MatchesState(JobFilter const& filter, JobState state) {
  return filter.states.empty() ||
         std::find(filter.states.begin(), filter.states.end(), state) != filter.states.end();
}

absl::Status CheckRegex(RE2 const& regex) {
  return regex.ok() ? absl::OkStatus()
                    : absl::InvalidArgumentError(absl::StrCat("kernel_regex: ", regex.error()));
}

}  // namespace

void MemoryTables::Saved(Job const& job, absl::Time now) {
  jobs_.at(job.id).revision = ++revision_;
  if (job.state != JobState::kQueued) return;
  if (job.not_before <= now) {
    ++eligible_;
  } else {
    waiting_.insert(job.id);
  }
}

absl::StatusOr<Job> MemoryTables::Move(JobEntry& entry, JobEvent const& event, absl::Time now) {
  ASSIGN_OR_RETURN(Job moved, Transition(entry.job, event, policy_.attempts, now, random_));
  entry.job = std::move(moved);
  Saved(entry.job, now);
  return entry.job;
}

MemoryTables::JobEntry const* MemoryTables::Unfinished(ProbeId const& probe) const {
  for (auto const& [id, entry] : jobs_) {
    if (entry.job.probe == probe && !IsFinal(entry.job.state)) return &entry;
  }
  return nullptr;
}

absl::StatusOr<EnqueuedJob> MemoryTables::EnqueueOne(NewJob const& job, absl::Time now) {
  RETURN_IF_ERROR(CheckNewJob(job));
  RETURN_IF_ERROR(CheckInputsNotWithdrawn(Withdrawn(job.probe), job.fingerprint));
  if (JobEntry const* entry = Unfinished(job.probe)) return EnqueuedJob{entry->job.id, true};
  Job queued = QueuedJob(job, now);
  queued.id = ++last_id_;
  jobs_[queued.id] = {queued, job.spec, job.run_limit, ""};
  Saved(queued, now);
  return EnqueuedJob{queued.id, false};
}

absl::StatusOr<std::vector<absl::StatusOr<EnqueuedJob>>> MemoryTables::Enqueue(
    EnqueueBatch const& batch, absl::Time now) {
  if (auto const first = enqueue_answers_.find(batch.idempotency_key);
      first != enqueue_answers_.end()) {
    return first->second;
  }
  if (batch.backfill && !backfills_.contains(*batch.backfill)) {
    return NoSuchBackfill(*batch.backfill);
  }
  std::vector<absl::StatusOr<EnqueuedJob>> answers;
  for (absl::StatusOr<NewJob> const& job : batch.jobs) {
    answers.push_back(job.ok() ? EnqueueOne(*job, now) : job.status());
    if (batch.backfill && answers.back().ok()) {
      backfills_[*batch.backfill].jobs.insert(answers.back()->id);
    }
  }
  if (!batch.idempotency_key.empty()) enqueue_answers_[batch.idempotency_key] = answers;
  return answers;
}

absl::Status MemoryTables::CheckNoOtherUnfinished(Job const& job) const {
  JobEntry const* other = IsFinal(job.state) ? Unfinished(job.probe) : nullptr;
  if (other == nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("retry: job ", other->job.id, " for the same probe is unfinished"));
}

absl::StatusOr<Job> MemoryTables::ApplyToJob(JobId id, std::optional<int64_t> if_epoch,
                                             JobEvent const& event, absl::Time now) {
  RETURN_IF_ERROR(CheckEvent(event));
  auto const found = jobs_.find(id);
  if (found == jobs_.end()) return NoSuchJob(id);
  Job const& job = found->second.job;
  RETURN_IF_ERROR(CheckEpoch(job, if_epoch));
  if (std::holds_alternative<job_event::Retry>(event)) {
    RETURN_IF_ERROR(CheckNoOtherUnfinished(job));
    RETURN_IF_ERROR(
        Annotate(CheckInputsNotWithdrawn(Withdrawn(job.probe), job.fingerprint), "retry"));
  }
  return Move(found->second, event, now);
}

absl::StatusOr<Job> MemoryTables::GetJob(JobId id) const {
  auto const found = jobs_.find(id);
  if (found == jobs_.end()) return NoSuchJob(id);
  return found->second.job;
}

absl::StatusOr<std::string> MemoryTables::GetSpec(JobId id) const {
  auto const found = jobs_.find(id);
  if (found == jobs_.end()) return NoSuchJob(id);
  return found->second.spec;
}

absl::StatusOr<JobPage> MemoryTables::ListJobs(JobFilter const& filter,
                                               PageRequest const& page) const {
  ASSIGN_OR_RETURN(std::optional<int64_t> const after, ParsePage(page));
  RE2 const kernel(filter.kernel_regex, RE2::Quiet);
  RETURN_IF_ERROR(CheckRegex(kernel));
  JobPage result;
  for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job) {
    Job const& candidate = job->second.job;
    if (after && candidate.id >= *after) continue;
    if (!MatchesState(filter, candidate.state) || !MatchesProbe(filter, kernel, candidate.probe)) {
      continue;
    }
    if (filter.backfill && (!backfills_.contains(*filter.backfill) ||
                            !backfills_.at(*filter.backfill).jobs.contains(candidate.id))) {
      continue;
    }
    if (static_cast<int>(result.jobs.size()) == page.limit) {
      result.next_cursor = CursorAfter(result.jobs.back().id);
      break;
    }
    result.jobs.push_back(candidate);
  }
  return result;
}

absl::StatusOr<JobCounts> MemoryTables::CountJobs(JobFilter const& filter) const {
  ASSIGN_OR_RETURN(JobPage const all, ListJobs(filter, {static_cast<int>(jobs_.size()) + 1, ""}));
  JobCounts counts;
  for (Job const& job : all.jobs) ++counts[job.state];
  return counts;
}

absl::StatusOr<int64_t> MemoryTables::CountAhead(JobId id, absl::Time now) const {
  ASSIGN_OR_RETURN(Job const job, GetJob(id));
  return std::count_if(jobs_.begin(), jobs_.end(), [&](auto const& entry) {
    Job const& other = entry.second.job;
    return other.id < id && other.lane == job.lane && other.state == JobState::kQueued &&
           other.not_before <= now;
  });
}

absl::StatusOr<JobChanges> MemoryTables::ListChanges(JobFilter const& filter,
                                                     std::optional<int64_t> after,
                                                     int limit) const {
  RETURN_IF_ERROR(CheckChangesLimit(limit));
  ASSIGN_OR_RETURN(JobPage const all, ListJobs(filter, {static_cast<int>(jobs_.size()) + 1, ""}));
  JobChanges result{{}, revision_};
  for (Job const& job : all.jobs) {
    int64_t const revision = jobs_.at(job.id).revision;
    if (after && revision > *after) result.changes.push_back({revision, job});
  }
  std::sort(result.changes.begin(), result.changes.end(),
            [](auto const& a, auto const& b) { return a.revision < b.revision; });
  if (result.changes.size() > static_cast<size_t>(limit)) {
    result.changes.resize(static_cast<size_t>(limit));
    result.revision = result.changes.back().revision;
  }
  return result;
}

bool MemoryTables::IsForgettable(Job const& job) const {
  if (!IsFinal(job.state) || job.state == JobState::kPublished) return false;
  if (job.state != JobState::kFailed) return true;
  bool const failed_again = std::any_of(jobs_.begin(), jobs_.end(), [&](auto const& entry) {
    Job const& other = entry.second.job;
    return other.id > job.id && other.probe == job.probe && other.state == JobState::kFailed;
  });
  return failed_again || std::any_of(assets_.begin(), assets_.end(), [&](auto const& entry) {
           return entry.second.probe == job.probe && entry.second.job > job.id;
         });
}

void MemoryTables::Forget(JobId id) {
  jobs_.erase(id);
  logs_.erase(logs_.lower_bound({id, 0}), logs_.lower_bound({id + 1, 0}));
  for (auto& [backfill, entry] : backfills_) entry.jobs.erase(id);
}

int64_t MemoryTables::Prune(Retention const& retention, int limit, absl::Time now) {
  std::vector<Job> over;
  for (auto const& [id, entry] : jobs_) {
    if (IsForgettable(entry.job)) over.push_back(entry.job);
  }
  std::sort(over.begin(), over.end(), [](Job const& a, Job const& b) {
    return std::tie(a.updated_at, a.id) > std::tie(b.updated_at, b.id);
  });
  int64_t kept = 0;
  int64_t forgotten = 0;
  for (Job const& job : over) {
    if (kept < retention.count && now - job.updated_at <= retention.age) {
      ++kept;
    } else if (forgotten < limit) {
      Forget(job.id);
      ++forgotten;
    }
  }
  return forgotten;
}

absl::StatusOr<LogChunk> MemoryTables::ReadLog(LogRequest const& request) const {
  RETURN_IF_ERROR(CheckLogRequest(request));
  ASSIGN_OR_RETURN(Job const job, GetJob(request.job));
  int64_t const epoch = request.epoch.value_or(job.epoch);
  auto const found = logs_.find({request.job, epoch});
  std::string const log = found == logs_.end() ? "" : found->second;
  auto const length = static_cast<int64_t>(log.size());
  if (length == 0) RETURN_IF_ERROR(CheckLogIsHere(job, epoch));
  int64_t const start = std::min(request.offset, length);
  LogChunk chunk{epoch, log.substr(static_cast<size_t>(start), static_cast<size_t>(request.limit)),
                 false};
  bool const at_end = start + static_cast<int64_t>(chunk.bytes.size()) == length;
  chunk.complete = at_end && RunIsOver(job, epoch);
  return chunk;
}

std::vector<FailedBuild> MemoryTables::FailedBuilds(ProbeId const& probe) const {
  std::set<FailedBuild> failed;
  for (auto const& [id, entry] : jobs_) {
    Job const& job = entry.job;
    if (job.probe != probe || job.state != JobState::kFailed) continue;
    failed.insert(
        {job.fingerprint, job.reason.code, job.requirements.memory_bytes, entry.run_limit});
  }
  return {failed.begin(), failed.end()};
}

std::vector<ProbeKnowledge> MemoryTables::FindProbes(std::vector<ProbeId> const& probes) const {
  std::vector<ProbeKnowledge> all;
  for (ProbeId const& probe : probes) {
    ProbeKnowledge known;
    if (JobEntry const* entry = Unfinished(probe)) known.unfinished = entry->job.id;
    known.failed = FailedBuilds(probe);
    for (auto const& [id, asset] : assets_) {
      if (asset.probe != probe) continue;
      known.sha256 = asset.sha256;
      known.published = asset.presence == AssetPresence::kPresent;
    }
    known.withdrawn = Withdrawn(probe);
    all.push_back(std::move(known));
  }
  return all;
}

BackfillId MemoryTables::CreateBackfill(std::string description) {
  auto const id = static_cast<BackfillId>(backfills_.size()) + 1;
  backfills_[id] = {std::move(description), {}};
  return id;
}

absl::StatusOr<BackfillProgress> MemoryTables::GetBackfill(BackfillId id) const {
  auto const found = backfills_.find(id);
  if (found == backfills_.end()) return NoSuchBackfill(id);
  BackfillProgress progress{id, found->second.description, {}, 0};
  std::set<ReleaseKey> stale;
  for (JobId const job : found->second.jobs) {
    Job const& row = jobs_.at(job).job;
    ++progress.counts[row.state];
    for (auto const& [number, asset] : assets_) {
      if (asset.probe != row.probe) continue;
      Revisions const& revisions = releases_.at(KeyOf(asset));
      if (revisions.current > revisions.written) stale.insert(KeyOf(asset));
    }
  }
  progress.stale_releases = static_cast<int64_t>(stale.size());
  return progress;
}

}  // namespace probefarm
