#include "coordinator/planning/probe_names.h"

#include "coordinator/planning/kernel_order.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/loader_name.h"

namespace probefarm {

ProbeNames NamesOf(std::string const& driver_name, std::vector<std::string> const& versions,
                   std::vector<Kernel> const& kernels) {
  std::vector<Kernel const*> const order = BuildOrder(kernels);
  ProbeNames names;
  for (bool const complete : {true, false}) {
    for (Kernel const* kernel : order) {
      if (kernel->missing.empty() != complete) continue;
      for (std::string const& version : versions) {
        for (Kind const kind : {Kind::kBpf, Kind::kKmod}) {
          ProbeId const probe = ProbeForHost(version, kernel->host, kind);
          names.emplace(
              std::pair(ReleaseTag(probe), SanitizeAssetName(ProbeFileName(driver_name, probe))),
              probe);
        }
      }
    }
  }
  return names;
}

}  // namespace probefarm
