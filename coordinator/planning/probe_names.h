#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/feeds/kernel_feed.h"
#include "lib/driver/probe.h"

namespace probefarm {

// Which probe a file is, by where loaders ask for it: release tag and asset name.
using ProbeNames = std::map<std::pair<std::string, std::string>, ProbeId>;

// The names of both kinds of every driver version x kernel. Where two kernels take one name, the
// owner is the one that FindWanted() gives it to; a kernel without complete headers, for which
// nothing is built here, has its name only where no other wants it. Pure.
ProbeNames NamesOf(std::string const& driver_name, std::vector<std::string> const& versions,
                   std::vector<Kernel> const& kernels);

}  // namespace probefarm
