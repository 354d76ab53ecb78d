#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "worker/engine/container_engine.h"
#include "worker/engine/fake_tree.h"

// Where an absolute path inside of a fake container lies. Pure.
namespace probefarm {

// The mount that a path lies in, the one with the longest path, since mounts can lie in mounts;
// null outside of all of them.
VolumeMount const* MountOf(ContainerSpec const& spec, absl::string_view path);

bool IsWritable(ContainerSpec const& spec, absl::string_view path);

// As a file, as a folder of a file in `files`, or as a mount's path or a folder of one.
bool PathExistsIn(ContainerSpec const& spec, FakeTree const& files, absl::string_view path);

// What is at `path` and below, named as an engine packs it: names begin with its last component.
FakeTree PackedFrom(FakeTree const& files, std::string const& path);

}  // namespace probefarm
