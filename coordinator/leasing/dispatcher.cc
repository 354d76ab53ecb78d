#include "coordinator/leasing/dispatcher.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

absl::Status Stopping() { return absl::UnavailableError("the coordinator stops; ask again soon"); }
absl::Status CallerGone() { return absl::CancelledError("the caller has gone"); }

}  // namespace

Dispatcher::Dispatcher(Store& store, Clock& clock, size_t max_polls)
    : store_(store), clock_(clock), max_polls_(max_polls) {
  store_.SetQueueListener([this](int jobs) { OnEligible(jobs); });
}

Dispatcher::PollId Dispatcher::Acquire(AcquireRequest request, PollTerms terms,
                                       Done<std::vector<GrantedLease>> done) {
  auto poll = std::make_unique<Poll>();
  poll->request = std::move(request);
  poll->until = clock_.Now() + terms.wait;
  poll->ahead = terms.ahead;
  poll->done = std::move(done);
  PollId id = 0;
  absl::Status room;
  {
    MutexLock lock(mu_);
    id = poll->id = ++last_id_;
    room = CheckRoom();
    if (room.ok()) MarkAsking(*poll);
  }
  if (room.ok()) {
    Ask(std::move(poll));
  } else {
    std::move(poll->done)(room);
  }
  return id;
}

absl::Status Dispatcher::CheckRoom() const {
  if (stopped_) return Stopping();
  if (waiting_.size() + waiting_ahead_.size() + asking_.size() < max_polls_)
    return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat(max_polls_, " workers wait for leases already: ask again later"));
}

void Dispatcher::MarkAsking(Poll& poll) {
  poll.asked_at = generation_;
  asking_[poll.id] = false;
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
  bool const served = leases.ok() && !leases->empty();
  bool ask_again = false;
  {
    MutexLock lock(mu_);
    bool const caller_gone = asking_.extract(poll->id).mapped();
    if (nothing && caller_gone) leases = CallerGone();
    bool const wait = nothing && !caller_gone && !stopped_ && poll->until > clock_.Now();
    // A job that came between the store's look and now would otherwise be missed.
    ask_again = wait && poll->asked_at != generation_;
    if (ask_again) {
      MarkAsking(*poll);
    } else if (wait) {
      QueueOf(*poll).push_back(std::exchange(poll, nullptr));
    }
  }
  if (ask_again) {
    Ask(std::move(poll));
    return;
  }
  if (poll != nullptr) std::move(poll->done)(std::move(leases));
  // A job that this poll could not use may be one for the next.
  if (!served) AskNextStale();
}

std::list<Dispatcher::PollPtr>& Dispatcher::QueueOf(Poll const& poll) {
  return poll.ahead ? waiting_ahead_ : waiting_;
}

Dispatcher::PollPtr Dispatcher::TakeStale() {
  PollPtr poll = TakeStaleOf(waiting_);
  return poll != nullptr ? std::move(poll) : TakeStaleOf(waiting_ahead_);
}

Dispatcher::PollPtr Dispatcher::TakeStaleOf(std::list<PollPtr>& waiting) {
  if (waiting.empty() || waiting.front()->asked_at == generation_) return nullptr;
  PollPtr poll = std::move(waiting.front());
  waiting.pop_front();
  MarkAsking(*poll);
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

// Each of these questions that gets nothing asks the next: so a job that the first in line cannot
// run reaches one who can, and a job that is taken wakes nobody else.
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
    if (auto const asking = asking_.find(poll); asking != asking_.end()) asking->second = true;
    for (std::list<PollPtr>* const waiting : {&waiting_, &waiting_ahead_}) {
      auto const it = std::find_if(waiting->begin(), waiting->end(),
                                   [poll](PollPtr const& each) { return each->id == poll; });
      if (it == waiting->end()) continue;
      cancelled = std::move(*it);
      waiting->erase(it);
    }
    if (cancelled == nullptr) return;
  }
  std::move(cancelled->done)(CallerGone());
}

void Dispatcher::RunOnce() {
  std::list<PollPtr> over;
  {
    MutexLock lock(mu_);
    absl::Time const now = clock_.Now();
    for (std::list<PollPtr>* const waiting : {&waiting_, &waiting_ahead_}) {
      for (auto it = waiting->begin(); it != waiting->end();) {
        auto const poll = it++;
        if ((*poll)->until <= now) over.splice(over.end(), *waiting, poll);
      }
    }
  }
  for (PollPtr& poll : over) std::move(poll->done)(std::vector<GrantedLease>());
}

void Dispatcher::StopGranting() {
  std::list<PollPtr> waiting;
  {
    MutexLock lock(mu_);
    stopped_ = true;
    waiting.swap(waiting_);
    waiting.splice(waiting.end(), waiting_ahead_);
  }
  for (PollPtr& poll : waiting) std::move(poll->done)(Stopping());
}

int Dispatcher::waiting() const {
  MutexLock lock(mu_);
  return static_cast<int>(waiting_.size() + waiting_ahead_.size());
}

}  // namespace probefarm
