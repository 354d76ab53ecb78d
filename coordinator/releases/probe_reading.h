#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/driver/probe.h"

namespace probefarm {

// Reads a probe out of the place where it lies, by the rule that made its name (ProbeFileName(),
// ReleaseTag()). INVALID_ARGUMENT says why it is none, or cannot be told for certain. Pure; takes
// any text.
//
// The target ends at the first `_`, the kernel version begins after the last. Where there are more
// of them the target must be one whose names are known: minikube, bottlerocket and talos have
// versions "1_…", all others none with a `_`. What GitHub has rewritten in the name is lost: it is
// read as it stands.
//
// A tag is a version, or a version and an arch, as its generation has it; a version that is eight
// hexadecimal digits stands for the commit among `versions`, those that the farm knows, and for
// none otherwise. Generation A was published for x86_64 alone, unless the kernel release ends in
// another arch.
//
//   ReadProbe("falco", {}, "8.0.0+driver/x86_64", "falco_debian_6.1.170-3-cloud-amd64_1.o")
absl::StatusOr<ProbeId> ReadProbe(absl::string_view driver_name,
                                  std::vector<std::string> const& versions, absl::string_view tag,
                                  absl::string_view asset_name);

}  // namespace probefarm
