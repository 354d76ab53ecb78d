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
//
// Every waiting poll remembers at which change of the queue it last asked. When n jobs become
// eligible the n oldest polls that have not asked since are asked about; one that gets nothing asks
// on behalf of the next. So no job waits while a worker that can run it does (I6), and one new job
// does not wake a thousand workers.
//
// Callbacks run on a thread of the store, or on the caller's of Acquire(), Cancel(), RunOnce() or
// StopGranting(), never with the lock held.
class Dispatcher {
 public:
  using PollId = int64_t;

  struct PollTerms {
    absl::Duration wait;
    // The worker has no free slot yet: others are served first.
    bool ahead = false;
  };

  // Registers itself as the store's queue listener. The store must be shut down before the
  // dispatcher is destroyed. `clock` must outlive the dispatcher; it only measures the waits.
  // Beyond `max_polls`, waiting or asking, a poll is answered RESOURCE_EXHAUSTED.
  Dispatcher(Store& store, Clock& clock, size_t max_polls = 20'000);

  Dispatcher(Dispatcher const&) = delete;
  Dispatcher& operator=(Dispatcher const&) = delete;

  // Asks the store at once; when it has nothing, waits up to `terms.wait`. The answer may come
  // before this returns. The request is Store::Acquire()'s, errors included, and keeps its request
  // id however often the store is asked. The wait is not limited here: the service does that.
  // Answers an id that is never 0, for Cancel().
  PollId Acquire(AcquireRequest request, PollTerms terms, Done<std::vector<GrantedLease>> done)
      EXCLUDES(mu_);

  // The caller has gone: a waiting poll is answered CANCELLED now, so that no job is granted to
  // nobody; one whose question is with the store when that is answered. Leases that this last
  // question brings are replayed when the worker repeats its request id. An id that was answered
  // already is passed over.
  void Cancel(PollId poll) EXCLUDES(mu_);

  // Ends polls whose wait is over. Call about once a second. A poll may so wait a second longer
  // than it asked for, and is answered OK with no leases.
  void RunOnce() EXCLUDES(mu_);

  // Ends every waiting poll with UNAVAILABLE, and later ones at once: the coordinator shuts down,
  // and who asks again is not to do so at once. A question that is with the store at that moment
  // may still bring leases: the worker gets them and they live on over the restart. Idempotent.
  void StopGranting() EXCLUDES(mu_);

  // Polls that wait for a change of the queue; not those whose question is with the store.
  int waiting() const EXCLUDES(mu_);

 private:
  struct Poll {
    PollId id = 0;
    AcquireRequest request;
    // When the wait is over.
    absl::Time until;
    bool ahead = false;
    Done<std::vector<GrantedLease>> done;
    uint64_t asked_at = 0;  // generation_ when the store was last asked
  };
  using PollPtr = std::unique_ptr<Poll>;

  // The store's queue listener.
  void OnEligible(int jobs) EXCLUDES(mu_);
  // Before Ask(), with the lock that took the poll from where it was.
  void MarkAsking(Poll& poll) REQUIRES(mu_);
  // Without the lock: the store may answer before this returns.
  void Ask(PollPtr poll) EXCLUDES(mu_);
  // The store's answer: serves the poll, puts it (back) among the waiting, or asks again when the
  // queue changed meanwhile.
  void Answered(PollPtr poll, absl::StatusOr<std::vector<GrantedLease>> leases) EXCLUDES(mu_);
  // A waiting poll that has not asked since the last change, oldest first, those of busy workers
  // after all others; null when there is none.
  PollPtr TakeStale() REQUIRES(mu_);
  PollPtr TakeStaleOf(std::list<PollPtr>& waiting) REQUIRES(mu_);
  std::list<PollPtr>& QueueOf(Poll const& poll) REQUIRES(mu_);
  // OK when one more poll may come.
  absl::Status CheckRoom() const REQUIRES(mu_);
  // Passes a job that the last poll could not use on to the next.
  void AskNextStale() EXCLUDES(mu_);

  Store& store_;
  Clock& clock_;
  size_t const max_polls_;
  mutable Mutex mu_;
  // Waiting polls, oldest first; those that asked in the present generation stand at the end.
  std::list<PollPtr> waiting_ GUARDED_BY(mu_);
  std::list<PollPtr> waiting_ahead_ GUARDED_BY(mu_);  // likewise
  // Polls whose question is with the store, and whether the caller has gone meanwhile.
  absl::flat_hash_map<PollId, bool> asking_ GUARDED_BY(mu_);
  // Grows whenever the queue may have gained a job.
  uint64_t generation_ GUARDED_BY(mu_) = 1;
  PollId last_id_ GUARDED_BY(mu_) = 0;
  bool stopped_ GUARDED_BY(mu_) = false;
};

}  // namespace probefarm
