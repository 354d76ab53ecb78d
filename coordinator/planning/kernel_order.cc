#include "coordinator/planning/kernel_order.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace probefarm {
namespace {

auto Identity(Kernel const& kernel) {
  return std::tie(kernel.host.target, kernel.host.arch, kernel.host.release, kernel.host.version);
}

std::vector<Kernel const*> WithoutDoubles(std::vector<Kernel> const& kernels) {
  std::map<decltype(Identity(kernels.front())), size_t> places;
  std::vector<Kernel const*> distinct;
  for (Kernel const& kernel : kernels) {
    auto const [place, is_new] = places.emplace(Identity(kernel), distinct.size());
    if (is_new) {
      distinct.push_back(&kernel);
    } else if (!distinct[place->second]->missing.empty()) {
      distinct[place->second] = &kernel;
    }
  }
  return distinct;
}

}  // namespace

std::vector<Kernel const*> BuildOrder(std::vector<Kernel> const& kernels) {
  std::map<std::string, int> seen;
  std::vector<std::pair<int, Kernel const*>> ranked;
  for (Kernel const* kernel : WithoutDoubles(kernels))
    ranked.emplace_back(seen[kernel->host.target]++, kernel);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](auto const& a, auto const& b) { return a.first < b.first; });
  std::vector<Kernel const*> order;
  order.reserve(ranked.size());
  for (auto const& [rank, kernel] : ranked) order.push_back(kernel);
  return order;
}

}  // namespace probefarm
