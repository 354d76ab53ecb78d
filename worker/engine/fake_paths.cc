#include "worker/engine/fake_paths.h"

#include <algorithm>

#include "absl/strings/strip.h"

namespace probefarm {
namespace {

bool IsBelow(absl::string_view path, absl::string_view folder) {
  return absl::ConsumePrefix(&path, folder) && (path.empty() || path.front() == '/');
}

}  // namespace

VolumeMount const* MountOf(ContainerSpec const& spec, absl::string_view path) {
  VolumeMount const* found = nullptr;
  for (VolumeMount const& mount : spec.mounts) {
    if (!IsBelow(path, mount.path)) continue;
    if (found == nullptr || mount.path.size() > found->path.size()) found = &mount;
  }
  return found;
}

bool IsWritable(ContainerSpec const& spec, absl::string_view path) {
  VolumeMount const* const mount = MountOf(spec, path);
  return mount == nullptr ? !spec.sealed : !mount->read_only;
}

bool PathExistsIn(ContainerSpec const& spec, FakeTree const& files, absl::string_view path) {
  return path == "/" ||
         std::any_of(files.begin(), files.end(),
                     [&](auto const& file) { return IsBelow(file.first, path); }) ||
         std::any_of(spec.mounts.begin(), spec.mounts.end(),
                     [&](VolumeMount const& mount) { return IsBelow(mount.path, path); });
}

FakeTree PackedFrom(FakeTree const& files, std::string const& path) {
  size_t const parent = path.rfind('/') + 1;
  FakeTree packed;
  for (auto const& [name, file] : files) {
    if (IsBelow(name, path)) packed[name.substr(parent)] = file;
  }
  return packed;
}

}  // namespace probefarm
