#include "coordinator/inventory/inventory.h"

#include <utility>

namespace probefarm {

std::shared_ptr<Inventory const> InventoryBoard::Get() const {
  MutexLock lock(mu_);
  return inventory_;
}

void InventoryBoard::Set(Inventory inventory) {
  auto replacement = std::make_shared<Inventory const>(std::move(inventory));
  MutexLock lock(mu_);
  inventory_ = std::move(replacement);
}

std::vector<Kernel> AllKernels(Inventory const& inventory) {
  std::vector<Kernel> kernels;
  for (FeedState const& feed : inventory.feeds) {
    kernels.insert(kernels.end(), feed.kernels.begin(), feed.kernels.end());
  }
  return kernels;
}

}  // namespace probefarm
