#pragma once

#include <string>
#include <vector>

#include "lib/build/build_spec.h"
#include "lib/driver/probe.h"

namespace probefarm {

// A driver version and where its source is. Nothing need be taken off the archive's paths: the
// script finds the driver by its driver_config.h, so Debian's packages serve as they are.
struct DriverSource {
  std::string version;  // "8.0.0+driver"; what the probes are named and marked with
  ArchiveInput archive;
  // Driver versions after 9.1.0 have no eBPF probe: Falco 0.44 removed it.
  std::vector<Kind> kinds;  // what can be built of it: not every version has an eBPF probe
  // Only workers that have all of these build it: "pool=trusted". Nothing of it is in a spec.
  std::vector<std::string> worker_labels = {};
  friend bool operator==(DriverSource const&, DriverSource const&) = default;
};

}  // namespace probefarm
