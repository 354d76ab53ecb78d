#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"
#include "worker/lease/coordinator_client.h"
#include "worker/lease/lease_table.h"

namespace probefarm {

// Keeps the worker's session with the coordinator alive, and ends leases when it is not:
//
//  - a heartbeat names every lease; the answer ends those that were cancelled or given away;
//  - an unknown session is reopened with the leases that are still good; a void one (another worker
//    uses this id) ends everything: `on_void` is called;
//  - an OpenSession whose answer was lost may have voided the session that it was to replace, so
//    nothing but another OpenSession is sent after it;
//  - self-fencing: when 0.8 of the ttl has passed since the *sending* of the last acknowledged
//    heartbeat, every lease is ended, since the coordinator may give them away from then on.
//    Measured on a clock that counts suspension, so that a worker that slept fences itself before
//    it does anything else.
//
// Heartbeat() and Fence() are called by two periodic tasks: fencing must not wait for a call that
// hangs. Thread-safe; no lock is held over a call. The rules are those of docs/protocol.md.
class SessionKeeper {
 public:
  // References outlive this. `on_void` is called on the thread of Heartbeat(), before the leases
  // are ended, so that a lease which comes in between finds a worker that stops; it must not block.
  // Nor must `on_drain`, which is called there too, after each heartbeat that is answered by the
  // wish that this worker takes nothing new; it may be null. `free_disk` is asked before each
  // OpenSession and heartbeat, on their thread, for what they say of it; null: nothing.
  SessionKeeper(CoordinatorClient& coordinator, LeaseTable& leases, Clock& clock,
                WorkerDescription worker, std::function<void()> on_void,
                std::function<void()> on_drain = nullptr,
                std::function<std::optional<int64_t>()> free_disk = nullptr);

  // Opens the first session. Errors leave it unopened: call again. Counts as a heartbeat that was
  // acknowledged.
  absl::Status Open() EXCLUDES(mu_);

  // Sends one heartbeat, or opens a session when there is none. Errors are logged; the next call
  // tries again.
  void Heartbeat() EXCLUDES(mu_);
  // How long to wait before the next one: a third of the ttl, give or take a tenth, so that many
  // workers do not beat together; a second after one that was not acknowledged, so that a single
  // lost answer does not fence the worker.
  absl::Duration HeartbeatInterval() const EXCLUDES(mu_);
  // Ends all leases when the last acknowledged heartbeat is too old. Does not block; the containers
  // are killed by those who work under the leases.
  void Fence() EXCLUDES(mu_);

  // Told with each heartbeat from now on.
  void SetDraining() EXCLUDES(mu_);

  // Of the present session; empty before the first. To be asked for each call, since a session can
  // be another one by then.
  std::string token() const EXCLUDES(mu_);

 private:
  std::optional<int64_t> FreeDisk() const { return free_disk_ ? free_disk_() : std::nullopt; }
  // Open(), its error logged.
  void Reopen() EXCLUDES(mu_);
  // Another worker uses the id: everything ends.
  void Renounce() EXCLUDES(mu_);
  // `sent_at` is since boot.
  void Acknowledge(absl::Duration sent_at) EXCLUDES(mu_);
  // Ends the leases of `held` whose verdict is not kContinue; one without a verdict goes on.
  void Apply(std::vector<HeldPhase> const& held, std::vector<Verdict> const& verdicts);

  CoordinatorClient& coordinator_;
  LeaseTable& leases_;
  Clock& clock_;
  WorkerDescription const worker_;
  std::function<void()> const on_void_;
  std::function<void()> const on_drain_;
  std::function<std::optional<int64_t>()> const free_disk_;

  mutable Mutex mu_;
  std::string token_ GUARDED_BY(mu_);
  bool opened_ GUARDED_BY(mu_) = false;  // the last OpenSession was answered
  bool acknowledged_last_ GUARDED_BY(mu_) = true;
  absl::Duration ttl_ GUARDED_BY(mu_) = absl::Seconds(30);
  absl::Duration acknowledged_ GUARDED_BY(mu_) = absl::ZeroDuration();  // since boot
  bool draining_ GUARDED_BY(mu_) = false;
};

}  // namespace probefarm
