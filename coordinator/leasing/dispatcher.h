#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "coordinator/store/store.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Holds the long polls of idle workers and gives them jobs as these become eligible. It decides
// nothing about jobs: it only knows who waits, and asks the store again when there may be something
// to get.
//
// Thread-safe; no call blocks. Every poll is answered exactly once: with leases, with none when its
// wait is over, or with the store's error.
class Dispatcher {
 public:
  using PollId = int64_t;

  // Registers itself as the store's queue listener. The store must be shut down before the
  // dispatcher is destroyed.
  Dispatcher(Store& store, Clock& clock);

  Dispatcher(Dispatcher const&) = delete;
  Dispatcher& operator=(Dispatcher const&) = delete;

  // Asks the store at once; when it has nothing, waits up to `wait`. The answer may come before
  // this returns.
  PollId Acquire(AcquireRequest request, absl::Duration wait, Done<std::vector<GrantedLease>> done)
      EXCLUDES(mu_);

  // The caller has gone: a waiting poll is answered CANCELLED now, so that no job is granted to
  // nobody; one whose question is with the store when that is answered. Leases that this last
  // question brings are replayed when the worker repeats its request id.
  void Cancel(PollId poll) EXCLUDES(mu_);

  // Ends polls whose wait is over. Call about once a second.
  void RunOnce() EXCLUDES(mu_);

  // Answers every waiting poll with no lease, and later ones at once: the coordinator shuts down.
  void StopGranting() EXCLUDES(mu_);

  int waiting() const EXCLUDES(mu_);

 private:
  struct Poll {
    PollId id = 0;
    AcquireRequest request;
    absl::Time until;
    Done<std::vector<GrantedLease>> done;
    uint64_t asked_at = 0;  // generation_ when the store was last asked
  };
  using PollPtr = std::unique_ptr<Poll>;

  void OnEligible(int jobs) EXCLUDES(mu_);
  // Before Ask(), with the lock that took the poll from where it was.
  void MarkAsking(Poll& poll) REQUIRES(mu_);
  void Ask(PollPtr poll) EXCLUDES(mu_);
  void Answered(PollPtr poll, absl::StatusOr<std::vector<GrantedLease>> leases) EXCLUDES(mu_);
  // A waiting poll that has not asked since the last change, oldest first; null when there is none.
  PollPtr TakeStale() REQUIRES(mu_);
  void AskNextStale() EXCLUDES(mu_);

  Store& store_;
  Clock& clock_;
  mutable Mutex mu_;
  // Waiting polls, oldest first; those that asked in the present generation stand at the end.
  std::list<PollPtr> waiting_ GUARDED_BY(mu_);
  // Polls whose question is with the store, and whether the caller has gone meanwhile.
  absl::flat_hash_map<PollId, bool> asking_ GUARDED_BY(mu_);
  // Grows whenever the queue may have gained a job.
  uint64_t generation_ GUARDED_BY(mu_) = 1;
  PollId last_id_ GUARDED_BY(mu_) = 0;
  bool stopped_ GUARDED_BY(mu_) = false;
};

}  // namespace probefarm
