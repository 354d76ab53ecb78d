#include "coordinator/scheduling/lease_reconciliation.h"

#include <algorithm>

namespace probefarm {
namespace {

LeaseVerdict VerdictOn(LeaseKey const& named, std::vector<HeldLease> const& granted) {
  auto const lease = std::find_if(granted.begin(), granted.end(),
                                  [&](HeldLease const& held) { return held.key == named; });
  if (lease == granted.end()) return LeaseVerdict::kAbandon;
  return lease->cancelled ? LeaseVerdict::kCancel : LeaseVerdict::kContinue;
}

}  // namespace

Reconciliation ReconcileLeases(std::vector<HeldLease> const& granted,
                               std::vector<LeaseKey> const& named, absl::Duration grace,
                               absl::Time now) {
  Reconciliation result;
  result.verdicts.reserve(named.size());
  for (LeaseKey const& key : named) result.verdicts.push_back(VerdictOn(key, granted));
  for (HeldLease const& lease : granted) {
    bool const known = std::find(named.begin(), named.end(), lease.key) != named.end();
    // The clock may have been set back meanwhile: without a grace no lease is young.
    bool const young = grace > absl::ZeroDuration() && now - lease.granted_at < grace;
    if (!known && !young && !lease.cancelled) result.unheard.push_back(lease.key);
  }
  return result;
}

}  // namespace probefarm
