#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/config/driver_config.h"
#include "coordinator/feeds/kernel_feed.h"
#include "coordinator/inventory/inventory.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// Reads every feed and looks for every driver's source, and puts what it found on the board. What
// fails keeps its last good state, with the error beside it. The digest of a source that is found
// by package name is pinned in the store when it is first seen: a driver version never changes its
// source behind the operator's back.
//
//   KernelFeed::Fetch ────────────────► FeedState   ┐
//   PackageIndex::FindPackage ─► Pin ─► DriverState ┴─► InventoryBoard ─► Backfiller, services
class InventoryRefresh {
 public:
  // `feeds` are read in turn; `packages` is asked for the sources of drivers, the first that has
  // the package wins. All are kept by reference. A driver whose source is configured by URL and
  // digest needs no package index.
  InventoryRefresh(std::vector<KernelFeed*> feeds, std::vector<PackageIndex*> packages,
                   std::vector<DriverConfig> drivers, Store& store, InventoryBoard& board,
                   Clock& clock, Metrics& metrics);

  // Blocks on the network. One thread at a time. The board changes once, at the end. Times each
  // feed in probefarm_feed_seconds, sets probefarm_feed_kernels and counts
  // probefarm_feed_errors_total, each by feed.
  void RunOnce();

 private:
  // `before` is null at the first reading.
  FeedState Read(KernelFeed& feed, FeedState const* before);
  DriverState Find(DriverConfig const& driver, DriverState const* before);
  // FAILED_PRECONDITION when the package's digest is not the pinned one.
  absl::StatusOr<ArchiveInput> FindSource(DriverConfig const& driver);
  // The last index's error when none has it.
  absl::StatusOr<Input> FindPackage(PackageSource const& package);

  std::vector<KernelFeed*> const feeds_;
  std::vector<PackageIndex*> const packages_;
  std::vector<DriverConfig> const drivers_;
  Store& store_;
  InventoryBoard& board_;
  Clock& clock_;
  Metrics& metrics_;
};

}  // namespace probefarm
