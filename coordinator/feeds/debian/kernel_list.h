#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/feeds/debian/packages_index.h"
#include "coordinator/feeds/kernel_feed.h"
#include "lib/driver/probe.h"

namespace probefarm::debian {

// The packages of one suite for one machine, as far as IsHeaderPackage() wants them. What
// ListKernels() needs of a suite.
struct SuitePackages {
  std::string suite;  // "bookworm-security"
  std::string base;   // base URL, without a slash at its end
  Arch arch = Arch::kX86_64;
  std::vector<PackageStanza> packages;
};

// Whether a package can be part of a kernel's headers: linux-headers-*, linux-kbuild-*. Compilers,
// images and the rest of what they depend on are not.
bool IsHeaderPackage(absl::string_view package);

// The kernels of these suites, newest package version first. Pure.
//
// A kernel is a package linux-headers-<release> that depends on a linux-headers-<abi>-common*;
// the release is <abi>-<flavour>, and only `flavours` are listed. (linux-headers-amd64 and the like
// depend on another linux-headers-<release> and are no kernels.) Its headers are that package and
// all header packages that it depends on, directly or not, out of the suites with its codename; see
// PackagePool::Choose for which version. Where one is missing, Kernel.missing names the
// dependencies that are, as they stand in the package.
//
// The same release and package version in several suites is one kernel, with every suite's URLs;
// the same release in two package versions is two.
//
// HostKernel.version is what `uname -v` is known to hold, "#1 SMP Debian 6.1.170-3": Debian's
// builds are all number 1, and the package version ends the text but for a date. PREEMPT flags and
// the date are not in the index; loaders do not look at them. A build compares release and version
// with what the headers say (utsrelease.h; utsversion.h or compile.h).
//
// DATA_LOSS names the package whose Depends cannot be read.
absl::StatusOr<std::vector<Kernel>> ListKernels(std::vector<SuitePackages> suites,
                                                std::vector<std::string> const& flavours);

}  // namespace probefarm::debian
