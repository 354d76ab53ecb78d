#include "lib/files/tiny_disk.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probefarm {

// The machine's mounts stay as they are: the thread leaves them first.
TinyDisk::TinyDisk(std::string folder, int kilobytes) : folder_(std::move(folder)) {
  if (unshare(CLONE_NEWNS) != 0) return;
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
  std::string const size = absl::StrCat("size=", kilobytes, "k");
  mounted_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, size.c_str()) == 0;
}

TinyDisk::~TinyDisk() {
  if (mounted_) EXPECT_EQ(umount2(folder_.c_str(), MNT_DETACH), 0) << errno;
}

void TinyDisk::MakeReadOnly() const {
  ASSERT_EQ(mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0) << errno;
}

}  // namespace probefarm
