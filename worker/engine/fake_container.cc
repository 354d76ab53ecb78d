#include "worker/engine/fake_container.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
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

FakeTree Gather(FakeContainer const& container, FakeVolumes const& volumes) {
  FakeTree files = container.own_files;
  for (VolumeMount const& mount : container.spec.mounts) {
    for (auto const& [name, file] : volumes.at(mount.volume).files) {
      files[absl::StrCat(mount.path, "/", name)] = file;
    }
  }
  return files;
}

void Scatter(FakeTree const& files, FakeContainer& container, FakeVolumes& volumes) {
  for (VolumeMount const& mount : container.spec.mounts) {
    if (!mount.read_only) volumes.at(mount.volume).files.clear();
  }
  if (!container.spec.sealed) container.own_files.clear();
  for (auto const& [path, file] : files) {
    if (!IsWritable(container.spec, path)) continue;
    VolumeMount const* const mount = MountOf(container.spec, path);
    if (mount == nullptr) {
      container.own_files[path] = file;
    } else if (path.size() > mount->path.size()) {
      volumes.at(mount->volume).files[path.substr(mount->path.size() + 1)] = file;
    }
  }
}

}  // namespace probefarm
