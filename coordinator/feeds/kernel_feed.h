#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/build/build_spec.h"
#include "lib/driver/loader_name.h"

namespace probefarm {

// A kernel that an operating system ships, with what is needed to build for it. Which name a driver
// version's loaders ask for on it is ProbeForHost()'s to say.
struct Kernel {
  HostKernel host;              // what a host that runs it says of itself
  std::string package_version;  // "6.1.170-3": for people and for the check against the headers
  std::string suite;            // "bookworm-security"
  // Each with its digest and every URL that it is known to be had from. Empty when something is
  // missing.
  std::vector<ArchiveInput> headers;  // in the order in which they are unpacked
  std::string kernel_dir;             // where `make -C` goes, below the header tree:
                                      // "usr/src/linux-headers-6.1.0-47-amd64"
  // Names the packages without which nothing can be built; empty when `headers` is complete. Such a
  // kernel is listed, not built.
  std::string missing;
};

// A source of kernels. The implementation downloads, verifies and parses; a failure names the
// source and leaves what the caller had before in force. Called by one thread at a time. What comes
// from outside is bounded and checked, and never ends the process.
class KernelFeed {
 public:
  virtual ~KernelFeed() = default;

  // The feed's name in the configuration.
  virtual std::string const& name() const = 0;

  // Every kernel that the source lists now, newest first within a target. Blocks on the network.
  // All or an error: half a list would look like kernels that are gone.
  virtual absl::StatusOr<std::vector<Kernel>> Fetch() = 0;
};

// Finds the archive of a driver's source in a distribution's package index. Called by one thread at
// a time.
class PackageIndex {
 public:
  virtual ~PackageIndex() = default;

  // The newest version of a package in a suite: `size`, `sha256`, `urls`. NOT_FOUND names both.
  // Blocks on the network. Other errors are of the network or of the archive's signature.
  virtual absl::StatusOr<Input> FindPackage(std::string const& suite,
                                            std::string const& package) = 0;
};

}  // namespace probefarm
