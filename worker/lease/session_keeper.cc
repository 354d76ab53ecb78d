#include "worker/lease/session_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr double kFenceAt = 0.8;  // of the ttl

std::vector<LeaseName> Names(std::vector<HeldPhase> const& held) {
  std::vector<LeaseName> names;
  names.reserve(held.size());
  for (HeldPhase const& lease : held) names.push_back(lease.name);
  return names;
}

}  // namespace

SessionKeeper::SessionKeeper(CoordinatorClient& coordinator, LeaseTable& leases, Clock& clock,
                             WorkerDescription worker, std::function<void()> on_void)
    : coordinator_(coordinator),
      leases_(leases),
      clock_(clock),
      worker_(std::move(worker)),
      on_void_(std::move(on_void)) {}

absl::Status SessionKeeper::Open() {
  std::vector<HeldPhase> const held = leases_.Held();
  absl::Duration const sent_at = clock_.SinceBoot();
  ASSIGN_OR_RETURN(Session session, coordinator_.OpenSession(worker_, Names(held)));
  {
    MutexLock lock(mu_);
    token_ = session.token;
    ttl_ = session.ttl;
    acknowledged_ = sent_at;
  }
  Apply(held, session.verdicts);
  return absl::OkStatus();
}

void SessionKeeper::Heartbeat() {
  std::vector<HeldPhase> const held = leases_.Held();
  absl::Duration const sent_at = clock_.SinceBoot();
  std::string token;
  bool draining = false;
  {
    MutexLock lock(mu_);
    token = token_;
    draining = draining_;
  }
  int const free_slots = std::max(0, worker_.slots - static_cast<int>(held.size()));
  absl::StatusOr<HeartbeatReply> const reply =
      coordinator_.Heartbeat(token, held, free_slots, draining);
  if (reply.ok()) {
    Acknowledge(sent_at);
    Apply(held, reply->verdicts);
  } else if (absl::IsAborted(reply.status()) &&
             absl::StrContains(reply.status().message(), "void")) {
    Log(LogLevel::kError, "another worker uses this id", {{"worker", worker_.id}});
    leases_.EndAll();
    on_void_();
  } else if (absl::IsAborted(reply.status())) {
    Log(LogLevel::kWarning, "session is not known, reopening", {{"worker", worker_.id}});
    if (absl::Status opened = Open(); !opened.ok()) {
      Log(LogLevel::kWarning, "cannot reopen the session", {{"error", opened.ToString()}});
    }
  } else {
    Log(LogLevel::kWarning, "heartbeat failed", {{"error", reply.status().ToString()}});
  }
}

void SessionKeeper::Acknowledge(absl::Duration sent_at) {
  MutexLock lock(mu_);
  acknowledged_ = std::max(acknowledged_, sent_at);
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

absl::Duration SessionKeeper::ttl() const {
  MutexLock lock(mu_);
  return ttl_;
}

}  // namespace probefarm
