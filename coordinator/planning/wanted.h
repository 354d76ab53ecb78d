#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/feeds/kernel_feed.h"
#include "coordinator/planning/offer.h"
#include "coordinator/planning/probe_filter.h"
#include "coordinator/recipe/driver_source.h"
#include "coordinator/scheduling/job.h"
#include "lib/driver/probe.h"

namespace probefarm {

// A probe that should exist. Points into the offer, which must outlive it. Its identity is that of
// the name that loaders ask for (ProbeForHost), not that of `uname`.
struct WantedProbe {
  ProbeId probe;
  DriverSource const* driver = nullptr;
  Kernel const* kernel = nullptr;
};

// A probe that the filter means but that is not wanted, and why: "headers_incomplete" with the
// package's name, "name_taken" with the kernel that has it, "not_buildable" with the recipe's
// words.
struct ExcludedProbe {
  ProbeId probe;
  Reason reason;
};

// No probe is in both.
struct WantedProbes {
  std::vector<WantedProbe> wanted;
  std::vector<ExcludedProbe> excluded;
};

// Driver versions x kernels x kinds, by the filter; in the order of BuildOrder(), then of drivers
// and kinds as the offer has them. Errors are ProbeMatcher::Make()'s. Pure.
//
// A name belongs to one kernel. Where two would take the same asset name under the same tag (Debian
// builds 6.12.117-1 and 6.12.117-1~deb12u1 do, from driver 5.0.1 on) the first in the order owns it
// and the other is excluded: whatever the filter, so that no filter can change who owns a name. A
// kernel without complete headers owns none.
absl::StatusOr<WantedProbes> FindWanted(Offer const& offer, ProbeFilter const& filter);

}  // namespace probefarm
