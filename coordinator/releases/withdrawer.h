#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "lib/driver/probe.h"
#include "lib/metrics/metrics.h"

namespace probefarm {

// What somebody wants to take back. What is not needed to tell one probe from others is left empty.
struct WithdrawalWish {
  std::string name;            // true name, or that which the release host has it under
  std::string driver_version;  // empty: any
  std::optional<Arch> arch;
  std::string tag;     // of the release; empty: any
  std::string sha256;  // of the bytes; empty: whatever is published
  std::string reason;
};

// Takes published probes back. The decision is the store's, in one transaction, and holds from then
// on: the catalog does not have the probe any more, its inputs are not built again, the release's
// side files become stale and say so once they are written, and then WithdrawalRemoval removes the
// asset. Thread-safe; calls block on the store, and for adopted assets on the host.
class Withdrawer {
 public:
  // `on_withdrawn` runs after each new withdrawal: side files are stale now. It must not block. The
  // other collaborators must outlive it.
  Withdrawer(Store* store, ReleaseHost* host, Metrics* metrics, std::function<void()> on_withdrawn);

  // The same wish again is answered with what was said first. INVALID_ARGUMENT: a name, digest or
  // reason that cannot be, or a name that several releases have or had, which the message lists.
  // NOT_FOUND: nothing of that name was ever published. UNAVAILABLE: it was adopted, and the
  // release host, which alone knows from what it was built, does not answer.
  absl::StatusOr<WithdrawalOutcome> Withdraw(WithdrawalWish const& wish);

 private:
  absl::StatusOr<WithdrawalOutcome> Decide(PublishedAsset const& asset, std::string const& reason);
  // Of an adopted asset; empty when the release does not tell.
  absl::StatusOr<std::string> FingerprintOf(PublishedAsset const& asset);
  void Count(int by);

  Store* const store_;
  ReleaseHost* const host_;
  Metrics* const metrics_;
  std::function<void()> const on_withdrawn_;
};

}  // namespace probefarm
