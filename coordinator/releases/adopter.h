#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/inventory/inventory.h"
#include "coordinator/releases/adoption.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// An asset that the host holds and the catalog has not, and why it stays like that.
struct LeftAlone {
  HostedAsset held;
  std::string why;
};

// Counts all, keeps the first: a repository of other people may hold any number of files.
struct LeftAloneList {
  static constexpr size_t kKept = 1000;
  int64_t total = 0;
  std::vector<LeftAlone> first;

  void Add(HostedAsset const& held, std::string why);
};

// What became of the assets that nobody had recorded. Each is in one place, but those that were
// recorded meanwhile.
struct AdoptionResult {
  int64_t adopted = 0;
  LeftAloneList conflicts;  // probes, but another record or the index says otherwise
  LeftAloneList foreign;    // no probes
  LeftAloneList waiting;    // to be seen at a later pass
};

struct AdopterOptions {
  std::string driver_name = "falco";
  // How many assets of unknown digest are read in one pass, so that a large repository of other
  // people's does not take all of the machine's time.
  int most_downloads = 20;
};

// Takes probes that the release host holds into the catalog, as published: those of a repository
// that other tools have filled, and our own after the catalog was lost with its database. Builds,
// renames and deletes nothing, and never records over another record (Store::Adopt()). What is no
// probe stays as it is. Thread-safe.
class Adopter {
 public:
  // All must outlive it.
  Adopter(Store* store, ReleaseHost* host, InventoryBoard const* inventory, Clock const* clock,
          AdopterOptions options);

  // `unrecorded`: what the host holds and `recorded`, the catalog, has not there. Blocks on store
  // and host: reads the index of each release that has some of them. A release whose index cannot
  // be read, and an asset whose digest cannot, wait. An error is the store's.
  absl::StatusOr<AdoptionResult> Adopt(std::vector<HostedAsset> const& unrecorded,
                                       std::vector<PublishedAsset> const& recorded) EXCLUDES(mu_);

 private:
  class Pass;

  AdoptionTerms Terms() const;
  // What was computed before, if it is of these bytes as far as can be told.
  std::optional<std::string> KnownDigest(HostedAsset const& asset) const EXCLUDES(mu_);
  void KeepDigest(HostedAsset const& asset, std::string const& digest) EXCLUDES(mu_);

  Store* const store_;
  ReleaseHost* const host_;
  InventoryBoard const* const inventory_;
  Clock const* const clock_;
  AdopterOptions const options_;
  mutable Mutex mu_;
  std::map<std::pair<std::string, int64_t>, std::string> digests_ GUARDED_BY(mu_);  // URL and size
  // Where the last pass ended, so that files that cannot be read do not keep others from their
  // turn.
  std::string last_read_ GUARDED_BY(mu_);
};

}  // namespace probefarm
