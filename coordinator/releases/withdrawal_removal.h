#pragma once

#include "absl/status/status.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"

namespace probefarm {

// Takes withdrawn assets off the release host, once the side files of their release say that they
// are withdrawn: at no moment does an index offer what is gone for good. Each is tried again until
// the host has said that it is gone; a crash at any point leaves nothing but another try.
// Thread-safe.
class WithdrawalRemoval {
 public:
  // All must outlive it.
  WithdrawalRemoval(Store* store, ReleaseHost* host, Metrics* metrics)
      : store_(store), host_(host), metrics_(metrics) {}

  // Blocks on store and host. One that fails is logged and harms no other. Where other bytes have
  // taken the name these stay: the withdrawn ones are gone, and the reconciler reports the others.
  // Sets probefarm_withdrawn_assets_held. With nothing to remove it costs one question to the
  // store.
  void RunOnce();

 private:
  absl::Status RemoveAll();
  absl::Status Remove(Withdrawal const& withdrawal);

  Store* const store_;
  ReleaseHost* const host_;
  Metrics* const metrics_;
};

}  // namespace probefarm
