#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "worker/engine/container_engine.h"
#include "worker/engine/fake_tree.h"

namespace probefarm {

// What a fake container did when it was started.
struct FakeRun {
  ContainerExit exit;
  std::string log;  // stdout and stderr together, without frames
  // Goes on after `log` until it is killed or removed; then it exits with 137.
  bool until_killed = false;
};

// A volume of a fake engine.
struct FakeVolume {
  ContainerLabels labels;
  FakeTree files;  // by relative path
};
using FakeVolumes = std::map<std::string, FakeVolume>;  // by name

// A container's state, which only goes forward.
enum class FakeState { kCreated, kRunning, kExited };

// A container of a fake engine.
struct FakeContainer {
  ContainerSpec spec;
  FakeState state = FakeState::kCreated;
  FakeRun run;         // once it was started
  FakeTree own_files;  // outside of all volumes, by absolute path
};

// What a container sees, by absolute path: its own files and those of its volumes, which must all
// be in `volumes`.
FakeTree Gather(FakeContainer const& container, FakeVolumes const& volumes);

// Puts what it saw back where it belongs, but for what it may not write.
void Scatter(FakeTree const& files, FakeContainer& container, FakeVolumes& volumes);

// The mount that a path lies in, the one with the longest path, since mounts can lie in mounts;
// null outside of all of them.
VolumeMount const* MountOf(ContainerSpec const& spec, absl::string_view path);

// Below a mount that is not read-only; outside of all mounts, when the container is not sealed.
bool IsWritable(ContainerSpec const& spec, absl::string_view path);

// As a file, as a folder of a file in `files`, or as a mount's path or a folder of one.
bool PathExistsIn(ContainerSpec const& spec, FakeTree const& files, absl::string_view path);

// What is at `path` and below, named as an engine packs it: names begin with its last component.
FakeTree PackedFrom(FakeTree const& files, std::string const& path);

}  // namespace probefarm
