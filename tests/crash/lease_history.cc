#include "tests/crash/lease_history.h"

#include "absl/strings/str_cat.h"

namespace probefarm {

void LeaseHistory::Enqueued(std::string const& key, int entry, int64_t job) {
  MutexLock lock(mu_);
  auto const [at, is_new] = answers_.enqueued.try_emplace({key, entry}, job);
  if (!is_new && at->second != job) {
    Break(absl::StrCat("I1: entry ", entry, " of ", key, " was job ", at->second, ", is ", job));
  }
}

void LeaseHistory::Granted(int64_t job, int64_t epoch) {
  MutexLock lock(mu_);
  int64_t& last = answers_.epochs[job];
  if (epoch <= last) Break(absl::StrCat("I2: job ", job, " has epoch ", epoch, " after ", last));
  if (answers_.outcomes.contains(job))
    Break(absl::StrCat("I3: job ", job, " was granted after it ended"));
  last = epoch;
}

void LeaseHistory::Failed(int64_t job, int64_t epoch, std::string const& code) {
  MutexLock lock(mu_);
  auto const [at, is_new] = answers_.outcomes.try_emplace(job, Outcome{epoch, code});
  if (!is_new && (at->second.epoch != epoch || at->second.code != code))
    Break(absl::StrCat("I3: job ", job, " ended twice, by ", at->second.code, " and ", code));
}

void LeaseHistory::AcceptedStale(std::string const& what) {
  MutexLock lock(mu_);
  Break(absl::StrCat("I4: accepted ", what));
}

void LeaseHistory::Reported(int64_t job, int64_t epoch, bool is_there) {
  MutexLock lock(mu_);
  if (!is_there) Break(absl::StrCat("I1: the digest of job ", job, " epoch ", epoch, " is lost"));
}

int64_t LeaseHistory::enqueued() const {
  MutexLock lock(mu_);
  return static_cast<int64_t>(answers_.enqueued.size());
}

int64_t LeaseHistory::failed() const {
  MutexLock lock(mu_);
  return static_cast<int64_t>(answers_.outcomes.size());
}

LeaseHistory::Snapshot LeaseHistory::Now() const {
  MutexLock lock(mu_);
  return {answers_, max_attempts_};
}

std::vector<std::string> LeaseHistory::Snapshot::Check(std::vector<v1::Job> const& jobs) const {
  std::vector<std::string> broken = answers_.broken;
  std::map<int64_t, v1::Job const*> by_id;
  for (v1::Job const& job : jobs) {
    by_id[job.id()] = &job;
    if (job.attempts() > max_attempts_)
      broken.push_back(absl::StrCat("I5: job ", job.id(), " has ", job.attempts(), " attempts"));
  }
  for (auto const& [entry, job] : answers_.enqueued) {
    if (!by_id.contains(job)) broken.push_back(absl::StrCat("I1: job ", job, " is lost"));
  }
  for (auto const& [job, epoch] : answers_.epochs) {
    if (by_id.contains(job) && by_id[job]->epoch() < epoch) {
      broken.push_back(absl::StrCat("I2: job ", job, " is back at epoch ", by_id[job]->epoch(),
                                    " from ", epoch));
    }
  }
  for (auto const& [job, outcome] : answers_.outcomes) {
    if (!by_id.contains(job)) continue;
    if (by_id[job]->state() != v1::FAILED || by_id[job]->reason().code() != outcome.code) {
      broken.push_back(absl::StrCat("I1: the end of job ", job, " by ", outcome.code,
                                    " is lost: it has ", by_id[job]->reason().code()));
    }
  }
  return broken;
}

}  // namespace probefarm
