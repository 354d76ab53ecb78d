#include "tests/simulation/invariants.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

std::string Named(JobId job, int64_t epoch) { return absl::StrCat("job ", job, " epoch ", epoch); }

std::string Named(Job const& job) {
  return absl::StrCat(Named(job.id, job.epoch), " ", JobStateName(job.state));
}

Job const* Find(std::vector<Job> const& jobs, JobId id) {
  auto const found =
      std::find_if(jobs.begin(), jobs.end(), [id](Job const& job) { return job.id == id; });
  return found == jobs.end() ? nullptr : &*found;
}

bool HasDigest(JobState state) {
  return state == JobState::kBuilt || state == JobState::kUploading ||
         state == JobState::kVerifying || state == JobState::kPublished;
}

}  // namespace

void Invariants::Break(std::string const& what) {
  if (!broken_) broken_ = what;
}

void Invariants::Enqueued(JobId job) { enqueued_.insert(job); }

void Invariants::Opened(std::string const& worker, std::string const& session,
                        std::vector<LeaseKey> const& rebound) {
  latest_session_[worker] = session;
  worker_of_[session] = worker;
  // What goes on has a new session; what the worker did not name was given back.
  for (auto& [key, lease] : leases_) {
    if (lease.over || worker_of_[lease.session] != worker) continue;
    bool const goes_on =
        std::find(rebound.begin(), rebound.end(), LeaseKey{key.first, key.second}) != rebound.end();
    if (goes_on) {
      lease.session = session;
    } else {
      lease.over = true;
    }
  }
}

void Invariants::Granted(AcquireRequest const& request, std::vector<GrantedLease> const& leases,
                         std::vector<Job> const& jobs) {
  auto& answered = answers_[{request.session, request.request_id}];
  std::set<Key> held;
  for (Key const& key : answered) {
    Job const* const job = Find(jobs, key.first);
    if (job != nullptr && job->epoch == key.second && job->state == JobState::kLeased &&
        job->session == request.session)
      held.insert(key);
  }
  std::set<Key> granted;
  for (GrantedLease const& lease : leases) granted.insert({lease.job.id, lease.job.epoch});
  if (!held.empty() && held != granted)
    Break(absl::StrCat("R: request ", request.request_id, " of session ", request.session,
                       " was answered by other leases than before"));
  for (Key const& key : granted) {
    JobHistory& history = jobs_[key.first];
    answered.insert(key);
    // A lease that went over to another session of its worker is answered there again.
    auto const known = leases_.find(key);
    bool const is_new =
        known == leases_.end() || worker_of_[known->second.session] != worker_of_[request.session];
    if (is_new && key.second <= history.granted_epoch)
      Break(absl::StrCat("I2: ", Named(key.first, key.second), " was granted after epoch ",
                         history.granted_epoch));
    if (is_new && drained_.contains(request.session))
      Break(absl::StrCat("I9: session ", request.session, " drains, and was given a lease"));
    history.granted_epoch = std::max(history.granted_epoch, key.second);
    leases_[key].session = request.session;
  }
}

void Invariants::Beaten(std::string const& session) {
  std::string const& worker = worker_of_[session];
  if (latest_session_[worker] != session)
    Break(absl::StrCat("I4: a heartbeat of session ", session, " was accepted, though worker ",
                       worker, " has opened another"));
}

void Invariants::Accepted(LeaseRef const& lease, absl::string_view what) {
  Key const key{lease.key.job, lease.key.epoch};
  LeaseHistory const& history = leases_[key];
  bool const newest = jobs_[lease.key.job].granted_epoch == lease.key.epoch;
  bool const present = !history.over && history.session == lease.session &&
                       latest_session_[worker_of_[lease.session]] == lease.session;
  if (newest && present) return;
  Break(absl::StrCat("I4: ", what, " on ", Named(key.first, key.second), " by session ",
                     lease.session, " was accepted, though its lease was over"));
}

void Invariants::Reported(LeaseRef const& lease, Artifact const& artifact) {
  jobs_[lease.key.job].artifacts[lease.key.epoch] = artifact;
}

void Invariants::Ended(LeaseRef const& lease) {
  leases_[{lease.key.job, lease.key.epoch}].over = true;
}

void Invariants::Expired(std::vector<ExpiredLease> const& leases) {
  for (ExpiredLease const& lease : leases) leases_[{lease.key.job, lease.key.epoch}].over = true;
}

void Invariants::Cancelled(JobId job) {
  JobHistory& history = jobs_[job];
  history.cancelled = true;
  for (auto& [key, lease] : leases_) {
    if (key.first == job) lease.over = true;
  }
}

void Invariants::Retried(JobId job) {
  jobs_[job].cancelled = false;
  jobs_[job].final_state.reset();
}

void Invariants::Drained(std::string const& session) { drained_.insert(session); }

void Invariants::Look(std::vector<Job> const& jobs, std::vector<PublishedAsset> const& catalog,
                      std::map<std::string, std::string> const& hosted) {
  std::set<ProbeId> unfinished;
  for (Job const& job : jobs) {
    LookAtJob(job);
    if (!IsFinal(job.state) && !unfinished.insert(job.probe).second)
      Break(absl::StrCat("I7: ", Named(job), " is not the only unfinished one of its probe"));
  }
  for (JobId const id : enqueued_) {
    if (Find(jobs, id) == nullptr) Break(absl::StrCat("I1: job ", id, " is lost"));
  }
  LookAtCatalog(catalog, hosted);
}

void Invariants::LookAtJob(Job const& job) {
  JobHistory& history = jobs_[job.id];
  if (job.epoch < history.granted_epoch)
    Break(absl::StrCat("I2: ", Named(job), " was in epoch ", history.granted_epoch));
  if (job.attempts > max_attempts_)
    Break(absl::StrCat("I5: ", Named(job), " has ", job.attempts, " attempts"));
  if (history.final_state && *history.final_state != job.state)
    Break(absl::StrCat("I3: ", Named(job), " was ", JobStateName(*history.final_state)));
  if (IsFinal(job.state)) history.final_state = job.state;
  if (history.cancelled && job.state != JobState::kCancelled)
    Break(absl::StrCat("I8: ", Named(job), " was cancelled"));
  auto const acknowledged = history.artifacts.find(job.epoch);
  if (acknowledged == history.artifacts.end()) return;
  if (job.state == JobState::kLeased)
    Break(absl::StrCat("I1: ", Named(job), " has lost its digest"));
  if (HasDigest(job.state) && job.artifact != acknowledged->second)
    Break(absl::StrCat("I1: ", Named(job), " has another digest than was reported"));
}

void Invariants::LookAtCatalog(std::vector<PublishedAsset> const& catalog,
                               std::map<std::string, std::string> const& hosted) {
  for (auto const& [name, sha256] : hosted) {
    if (assets_.emplace(name, sha256).first->second != sha256)
      Break(absl::StrCat("I10: asset ", name, " has changed"));
  }
  for (PublishedAsset const& asset : catalog) {
    auto const there = hosted.find(asset.asset_name);
    if (there == hosted.end() || there->second != asset.sha256)
      Break(absl::StrCat("I10: the catalog's ", asset.asset_name, " is not what is hosted"));
    if (jobs_[asset.job].cancelled)
      Break(absl::StrCat("I8: job ", asset.job, " was cancelled, and is published"));
  }
}

}  // namespace probefarm
