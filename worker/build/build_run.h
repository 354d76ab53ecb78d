#pragma once

#include <functional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/build/build_spec.h"
#include "lib/runtime/clock.h"
#include "worker/build/build_container.h"
#include "worker/build/build_log.h"
#include "worker/build/build_outcome.h"
#include "worker/build/build_permits.h"
#include "worker/engine/container_engine.h"
#include "worker/inputs/builder_image.h"
#include "worker/inputs/header_volumes.h"
#include "worker/inputs/input_cache.h"

namespace probefarm {

// What a build is at, as the wire's LeasePhase has it, in this order: getting the image and the
// inputs and filling volumes; running the script; copying the artifact out and checking it.
enum class BuildPhase { kFetching, kBuilding, kChecking };

// What a build works with and whom it tells. Pointers are not null and outlive the call; those of
// one worker are shared by its slots. Functions may be null.
struct BuildRunContext {
  ContainerEngine* engine = nullptr;
  InputCache* inputs = nullptr;
  BuilderImages* images = nullptr;
  HeaderVolumes* headers = nullptr;
  // One is taken once the container is ready to start, and given back when the script has ended.
  BuildPermits* permits = nullptr;
  Clock const* clock = nullptr;
  std::set<std::string> builders;  // ids of the images that may be used; empty: whichever
  BuildLease lease;
  std::string spool_dir;  // made when it is not there; this worker's alone

  // Called on the thread of RunBuild(). `progress` is for people, may be empty: "linux-… 40 %".
  std::function<void(BuildPhase phase, absl::string_view progress)> on_phase;
  // Called on the thread of RunBuild() or on one of its own, never on two at once.
  LogSink log;
  // Asked about once a second while the script runs; an error, RESOURCE_EXHAUSTED say, ends the
  // build as the machine's fault: a build that writes without end must not fill the disk.
  std::function<absl::Status()> room;
  // Asked at least once a second while inputs are fetched, while another slot or worker is waited
  // for and while the script runs; not while the engine loads an image or unpacks an archive. True:
  // BuildCancelled follows soon. Once it has answered true it does not answer false again.
  std::function<bool()> cancelled;
};

// Runs the spec to its letter, in the engine: builder image, inputs, header volume, sealed
// container with the script, artifact copied out and checked. The last line of the log is
// `sha256  name` of an artifact, or the reason of a failure. The container and its volume are gone
// afterwards, whatever happened; if the engine refuses that, the next start removes them
// (leftovers.h). Blocks; to be called from one thread for each slot. No two calls at a time have
// the same lease, by which container, volume and file are named.
//
// Has no status: what goes wrong is a BuildFailure with a code of failure_reason.h.
BuildOutcome RunBuild(BuildSpec const& spec, BuildRunContext const& context);

}  // namespace probefarm
