#include "tests/crash/loop_disk.h"

#include <sched.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "lib/runtime/subprocess.h"

namespace probefarm {
namespace {

bool Succeeds(std::vector<std::string> argv) {
  absl::StatusOr<SubprocessResult> const result = RunSubprocess({.argv = std::move(argv)});
  return result.ok() && result->exit_code == 0;
}

}  // namespace

// The machine's mounts stay as they are: the thread leaves them first.
LoopDisk::LoopDisk(std::string const& image, std::string folder, int megabytes)
    : folder_(std::move(folder)) {
  { std::ofstream const made(image); }
  std::filesystem::resize_file(image, static_cast<uintmax_t>(megabytes) << 20);
  mounted_ = unshare(CLONE_NEWNS) == 0 &&
             mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
             Succeeds({"/usr/sbin/mkfs.ext4", "-q", image}) &&
             Succeeds({"/usr/bin/mount", "-o", "loop", image, folder_});
}

LoopDisk::~LoopDisk() {
  if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
}

}  // namespace probefarm
