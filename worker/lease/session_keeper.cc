#include "worker/lease/session_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr double kFenceAt = 0.8;  // of the ttl
constexpr absl::Duration kAfterFailure = absl::Seconds(1);

std::vector<LeaseName> Names(std::vector<HeldPhase> const& held) {
  std::vector<LeaseName> names;
  names.reserve(held.size());
  for (HeldPhase const& lease : held) names.push_back(lease.name);
  return names;
}

}  // namespace

SessionKeeper::SessionKeeper(CoordinatorClient& coordinator, LeaseTable& leases, Clock& clock,
                             WorkerDescription worker, std::function<void()> on_void,
                             std::function<void()> on_drain,
                             std::function<std::optional<int64_t>()> free_disk)
    : coordinator_(coordinator),
      leases_(leases),
      clock_(clock),
      worker_(std::move(worker)),
      on_void_(std::move(on_void)),
      on_drain_(std::move(on_drain)),
      free_disk_(std::move(free_disk)) {}

absl::Status SessionKeeper::Open() {
  WorkerDescription described = worker_;
  described.free_disk_bytes = FreeDisk();
  std::vector<HeldPhase> const held = leases_.Held();
  absl::Duration const sent_at = clock_.SinceBoot();
  {
    MutexLock lock(mu_);
    opened_ = acknowledged_last_ = false;
  }
  ASSIGN_OR_RETURN(Session session, coordinator_.OpenSession(described, Names(held)));
  {
    MutexLock lock(mu_);
    token_ = session.token;
    ttl_ = session.ttl;
    acknowledged_ = sent_at;
    opened_ = acknowledged_last_ = true;
  }
  Apply(held, session.verdicts);
  return absl::OkStatus();
}

void SessionKeeper::Heartbeat() {
  WorkerState state;
  state.free_disk_bytes = FreeDisk();
  state.held = leases_.Held();
  state.free_slots = std::max(0, worker_.slots - static_cast<int>(state.held.size()));
  absl::Duration const sent_at = clock_.SinceBoot();
  std::string token;
  bool opened = false;
  {
    MutexLock lock(mu_);
    token = token_;
    state.draining = draining_;
    opened = opened_;
    acknowledged_last_ = false;
  }
  if (!opened) {
    Reopen();
    return;
  }
  absl::StatusOr<HeartbeatReply> const reply = coordinator_.Heartbeat(token, state);
  if (reply.ok()) {
    Acknowledge(sent_at);
    Apply(state.held, reply->verdicts);
    if (reply->drain && on_drain_) on_drain_();
  } else if (absl::IsAborted(reply.status()) &&
             absl::StartsWith(reply.status().message(), "void")) {
    Renounce();
  } else if (absl::IsAborted(reply.status())) {
    Log(LogLevel::kWarning, "session is not known, reopening", {{"worker", worker_.id}});
    Reopen();
  } else {
    Log(LogLevel::kWarning, "heartbeat failed", {{"error", reply.status().ToString()}});
  }
}

void SessionKeeper::Reopen() {
  if (absl::Status const opened = Open(); !opened.ok()) {
    Log(LogLevel::kWarning, "cannot open a session", {{"error", opened.ToString()}});
  }
}

// Told first, so that a lease which comes in between finds a worker that stops.
void SessionKeeper::Renounce() {
  Log(LogLevel::kError, "another worker uses this id", {{"worker", worker_.id}});
  on_void_();
  leases_.EndAll();
}

void SessionKeeper::Acknowledge(absl::Duration sent_at) {
  MutexLock lock(mu_);
  acknowledged_ = std::max(acknowledged_, sent_at);
  acknowledged_last_ = true;
}

absl::Duration SessionKeeper::HeartbeatInterval() const {
  absl::BitGen random;
  MutexLock lock(mu_);
  if (!acknowledged_last_) return std::min(kAfterFailure, ttl_ / 3);
  return ttl_ / 3 * absl::Uniform(random, 0.9, 1.1);
}

void SessionKeeper::Apply(std::vector<HeldPhase> const& held,
                          std::vector<Verdict> const& verdicts) {
  for (size_t i = 0; i < held.size() && i < verdicts.size(); ++i) {
    if (verdicts[i] == Verdict::kContinue) continue;
    Log(LogLevel::kWarning, "lease is over",
        {{"job", held[i].name.job},
         {"epoch", held[i].name.epoch},
         {"verdict", verdicts[i] == Verdict::kCancel ? "cancelled" : "given away"}});
    leases_.End(held[i].name);
  }
}

void SessionKeeper::Fence() {
  {
    MutexLock lock(mu_);
    if (clock_.SinceBoot() - acknowledged_ < ttl_ * kFenceAt) return;
  }
  std::vector<HeldPhase> const held = leases_.Held();
  if (held.empty()) return;
  Log(LogLevel::kError, "no heartbeat was acknowledged in time: ending all leases",
      {{"leases", held.size()}});
  leases_.EndAll();
}

void SessionKeeper::SetDraining() {
  MutexLock lock(mu_);
  draining_ = true;
}

std::string SessionKeeper::token() const {
  MutexLock lock(mu_);
  return token_;
}

}  // namespace probefarm
