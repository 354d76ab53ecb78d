#pragma once

#include <cstdint>
#include <string>

#include "lib/build/build_spec.h"
#include "worker/engine/container_engine.h"

namespace probefarm {

// Whose build it is: the worker, and the job and epoch that name its lease.
struct BuildLease {
  std::string worker_id;
  int64_t job = 0;
  int64_t epoch = 0;  // of the job; each lease has a higher one
};

// "probefarm-build-<job>-<epoch>-<eight digits of the worker id's SHA-256>", for the container and
// for its volume: two farms on one engine count their jobs alike. Pure.
std::string BuildName(BuildLease const& lease);

// By which a build's container and volume are found again (worker/inputs/labels.h). Pure.
ContainerLabels BuildLabels(BuildLease const& lease);

// The sealed container that runs the spec's script under `timeout`, so that it ends even when its
// worker never returns: the header volume read-only at /kernel, the build volume at /build, a tmpfs
// at /tmp, what the spec says of environment and limits, and nothing else of the worker's. It runs
// as the build user in /build:
//
//   timeout -k 10 <seconds> bash /build/build.sh
//
// so it exits with the script's code, with 124 when the time was up, and with 137 when the script
// did not heed that for ten more seconds (coreutils). Pure.
ContainerSpec BuildContainer(BuildSpec const& spec, BuildLease const& lease,
                             std::string const& header_volume);

}  // namespace probefarm
