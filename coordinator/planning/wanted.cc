#include "coordinator/planning/wanted.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/planning/kernel_order.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/loader_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Which kernel of which driver has each asset name under each tag.
class NameOwners {
 public:
  NameOwners(Offer const& offer, std::vector<Kernel const*> const& order)
      : driver_name_(offer.recipe.driver_name) {
    for (Kernel const* kernel : order) {
      if (!kernel->missing.empty()) continue;
      for (DriverSource const& driver : offer.drivers)
        owners_.emplace(Place(driver, *kernel), Owner{&driver, kernel});
    }
  }

  // Why `kernel` may not have its name; nothing when it is its own.
  std::optional<Reason> Conflict(DriverSource const& driver, Kernel const& kernel) const {
    auto const found = owners_.find(Place(driver, kernel));
    if (found == owners_.end()) return std::nullopt;
    auto const& [owner_driver, owner_kernel] = found->second;
    if (owner_driver == &driver && owner_kernel == &kernel) return std::nullopt;
    std::string const of_driver =
        owner_driver == &driver ? "" : absl::StrCat(" of driver ", owner_driver->version);
    return Reason{"name_taken",
                  absl::StrCat("name taken by ", owner_kernel->host.release, of_driver)};
  }

 private:
  using Owner = std::pair<DriverSource const*, Kernel const*>;

  // The kinds differ in the name's ending alone: one stands for all.
  std::pair<std::string, std::string> Place(DriverSource const& driver,
                                            Kernel const& kernel) const {
    ProbeId const probe = ProbeForHost(driver.version, kernel.host, Kind::kBpf);
    return {ReleaseTag(probe), SanitizeAssetName(ProbeFileName(driver_name_, probe))};
  }

  std::string driver_name_;
  std::map<std::pair<std::string, std::string>, Owner> owners_;
};

std::optional<Reason> WhyNot(DriverSource const& driver, Kernel const& kernel,
                             NameOwners const& owners) {
  if (!kernel.missing.empty())
    return Reason{"headers_incomplete", absl::StrCat("headers incomplete: ", kernel.missing)};
  return owners.Conflict(driver, kernel);
}

void Add(DriverSource const& driver, Kernel const& kernel, ProbeMatcher const& matcher,
         std::optional<Reason> const& why_not, WantedProbes& found) {
  for (Kind const kind : driver.kinds) {
    if (!matcher.MatchesKind(kind)) continue;
    ProbeId probe = ProbeForHost(driver.version, kernel.host, kind);
    if (why_not.has_value()) {
      found.excluded.push_back({std::move(probe), *why_not});
    } else {
      found.wanted.push_back({std::move(probe), &driver, &kernel});
    }
  }
}

bool Matches(ProbeMatcher const& matcher, DriverSource const& driver, Kernel const& kernel) {
  if (!matcher.MatchesDriver(driver)) return false;
  ProbeId const probe = ProbeForHost(driver.version, kernel.host, Kind::kBpf);
  return matcher.MatchesKernel(kernel, probe.kernel_release);
}

}  // namespace

absl::StatusOr<WantedProbes> FindWanted(Offer const& offer, ProbeFilter const& filter) {
  ASSIGN_OR_RETURN(ProbeMatcher const matcher, ProbeMatcher::Make(filter, offer));
  std::vector<Kernel const*> const order = BuildOrder(offer.kernels);
  NameOwners const owners(offer, order);
  std::map<std::pair<DriverSource const*, std::string>, int> taken;
  WantedProbes found;
  for (Kernel const* kernel : order) {
    for (DriverSource const& driver : offer.drivers) {
      int& kernels_taken = taken[{&driver, kernel->host.target}];
      if (!matcher.WantsAnother(kernels_taken) || !Matches(matcher, driver, *kernel)) continue;
      std::optional<Reason> const why_not = WhyNot(driver, *kernel, owners);
      Add(driver, *kernel, matcher, why_not, found);
      if (!why_not.has_value()) ++kernels_taken;
    }
  }
  return found;
}

}  // namespace probefarm
