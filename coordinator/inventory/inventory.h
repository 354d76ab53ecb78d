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
struct FeedState {
  std::string name;
  std::vector<Kernel> kernels;
  std::optional<absl::Time> last_success;
  std::string error;  // of the last reading; empty: it was good
};

// A configured driver version, and its source once that is found.
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

// The present inventory, shared by whoever plans or lists. Thread-safe.
class InventoryBoard {
 public:
  std::shared_ptr<Inventory const> Get() const EXCLUDES(mu_);
  void Set(Inventory inventory) EXCLUDES(mu_);

 private:
  mutable Mutex mu_;
  std::shared_ptr<Inventory const> inventory_ GUARDED_BY(mu_) = std::make_shared<Inventory>();
};

// The kernels of all feeds, in the feeds' order.
std::vector<Kernel> AllKernels(Inventory const& inventory);

}  // namespace probefarm
