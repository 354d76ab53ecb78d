#include "coordinator/leasing/dispatcher.h"

#include <algorithm>
#include <utility>

namespace probefarm {

Dispatcher::Dispatcher(Store& store, Clock& clock) : store_(store), clock_(clock) {
  store_.SetQueueListener([this](int jobs) { OnEligible(jobs); });
}

Dispatcher::PollId Dispatcher::Acquire(AcquireRequest request, absl::Duration wait,
                                       Done<std::vector<GrantedLease>> done) {
  auto poll = std::make_unique<Poll>();
  poll->request = std::move(request);
  poll->until = clock_.Now() + wait;
  poll->done = std::move(done);
  PollId id = 0;
  bool stopped = false;
  {
    MutexLock lock(mu_);
    id = poll->id = ++last_id_;
    poll->asked_at = generation_;
    stopped = stopped_;
  }
  if (stopped) {
    std::move(poll->done)(std::vector<GrantedLease>());
  } else {
    Ask(std::move(poll));
  }
  return id;
}

void Dispatcher::Ask(PollPtr poll) {
  AcquireRequest request = poll->request;
  store_.Acquire(std::move(request), [this, poll = std::move(poll)](
                                         absl::StatusOr<std::vector<GrantedLease>> leases) mutable {
    Answered(std::move(poll), std::move(leases));
  });
}

void Dispatcher::Answered(PollPtr poll, absl::StatusOr<std::vector<GrantedLease>> leases) {
  bool const nothing = leases.ok() && leases->empty();
  bool ask_again = false;
  bool keep = false;
  if (nothing) {
    MutexLock lock(mu_);
    keep = !stopped_ && poll->until > clock_.Now();
    // A job that came between the store's look and now would otherwise be missed.
    ask_again = keep && poll->asked_at != generation_;
    poll->asked_at = generation_;
    if (keep && !ask_again) waiting_.push_back(std::move(poll));
  }
  if (ask_again) {
    Ask(std::move(poll));
    return;
  }
  if (!keep) std::move(poll->done)(std::move(leases));
  // Whether this poll was served or could not use the job, the next one may.
  AskNextStale();
}

Dispatcher::PollPtr Dispatcher::TakeStale() {
  if (waiting_.empty() || waiting_.front()->asked_at == generation_) return nullptr;
  PollPtr poll = std::move(waiting_.front());
  waiting_.pop_front();
  poll->asked_at = generation_;
  return poll;
}

void Dispatcher::AskNextStale() {
  PollPtr poll;
  {
    MutexLock lock(mu_);
    poll = TakeStale();
  }
  if (poll) Ask(std::move(poll));
}

// Each of these questions, once answered, asks the next: so a job that the first in line cannot run
// reaches one who can.
void Dispatcher::OnEligible(int jobs) {
  std::vector<PollPtr> woken;
  {
    MutexLock lock(mu_);
    ++generation_;
    while (static_cast<int>(woken.size()) < jobs) {
      PollPtr poll = TakeStale();
      if (!poll) break;
      woken.push_back(std::move(poll));
    }
  }
  for (PollPtr& poll : woken) Ask(std::move(poll));
}

void Dispatcher::Cancel(PollId poll) {
  PollPtr cancelled;
  {
    MutexLock lock(mu_);
    auto const it = std::find_if(waiting_.begin(), waiting_.end(),
                                 [poll](PollPtr const& waiting) { return waiting->id == poll; });
    if (it == waiting_.end()) return;
    cancelled = std::move(*it);
    waiting_.erase(it);
  }
  std::move(cancelled->done)(absl::CancelledError("the caller has gone"));
}

void Dispatcher::RunOnce() {
  std::vector<PollPtr> over;
  {
    MutexLock lock(mu_);
    absl::Time const now = clock_.Now();
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      if ((*it)->until <= now) {
        over.push_back(std::move(*it));
        it = waiting_.erase(it);
      } else {
        ++it;
      }
    }
  }
  for (PollPtr& poll : over) std::move(poll->done)(std::vector<GrantedLease>());
  // A backoff that passes is no event of the store.
  OnEligible(1);
}

void Dispatcher::StopGranting() {
  std::list<PollPtr> waiting;
  {
    MutexLock lock(mu_);
    stopped_ = true;
    waiting.swap(waiting_);
  }
  for (PollPtr& poll : waiting) std::move(poll->done)(std::vector<GrantedLease>());
}

int Dispatcher::waiting() const {
  MutexLock lock(mu_);
  return static_cast<int>(waiting_.size());
}

}  // namespace probefarm
