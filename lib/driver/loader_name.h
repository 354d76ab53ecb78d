#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "lib/driver/driver_version.h"
#include "lib/driver/probe.h"

namespace probefarm {

// What a running kernel says of itself.
struct HostKernel {
  std::string target;   // "debian": /etc/os-release's ID for most systems
  std::string release;  // uname -r
  std::string version;  // uname -v, whole: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.38-2 (2023-07-27)"
  Arch arch = Arch::kX86_64;
};

// The probe that a loader of `driver_version` asks for on `host`. Pure. Knows the base rule and
// Debian's, and applies the base rule to every other target:
//
//  - base: `uname -v` through s/#\([0-9]\+\).*/\1/, no match leaves it unchanged
//    (falco-driver-loader, get_kernel_config);
//
//  - Debian from generation D on: where `uname -v` holds <n>.<n>.<n>-<n>, the release is that, then
//    `-`, then the flavour (`rt-`, `cloud-` or none) and the arch found in `uname -r`; from E on
//    the version is then 1 (falcoctl, debian.go).
//
// On a host with release "6.1.0-47-cloud-amd64" and version "#1 SMP … Debian 6.1.170-3 (…)":
//
//   2.0.0+driver   release 6.1.0-47-cloud-amd64   version 1
//   8.0.0+driver   release 6.1.170-3-cloud-amd64  version 1
ProbeId ProbeForHost(absl::string_view driver_version, HostKernel const& host, Kind kind);

}  // namespace probefarm
