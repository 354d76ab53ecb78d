#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/feeds/kernel_feed.h"
#include "coordinator/recipe/recipe.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// A feed as it last was. Kernels of the last good reading stay in force while later ones fail.
// Feeds never read yet have neither kernels nor `last_success`.
struct FeedState {
  std::string name;
  // Newest first within a target, incomplete ones too.
  std::vector<Kernel> kernels;
  std::optional<absl::Time> last_success;
  std::string error;  // of the last reading; empty: it was good
};

// A configured driver version, and its source once that is found. The last good source stays in
// force while later looks fail.
struct DriverState {
  std::string version;
  std::optional<DriverSource> source;
  std::string error;  // why there is no source, or why the last look for it failed
};

// Everything that probes can be planned from, at one moment.
struct Inventory {
  std::vector<FeedState> feeds;
  std::vector<DriverState> drivers;
};

// The present inventory, shared by whoever plans or lists. Thread-safe. Empty until the first
// Set().
class InventoryBoard {
 public:
  // A snapshot: it stays as it is, however long it is kept. Never null.
  std::shared_ptr<Inventory const> Get() const EXCLUDES(mu_);
  // Replaces the whole.
  void Set(Inventory inventory) EXCLUDES(mu_);

 private:
  mutable Mutex mu_;
  std::shared_ptr<Inventory const> inventory_ GUARDED_BY(mu_) = std::make_shared<Inventory>();
};

// The kernels of all feeds, in the feeds' order. A kernel that two feeds list comes twice;
// BuildOrder() makes one of them.
std::vector<Kernel> AllKernels(Inventory const& inventory);

}  // namespace probefarm
