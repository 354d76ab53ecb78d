#pragma once

#include <string>

namespace probefarm {

// An ext4 file system of a few megabytes, in a file, over a folder, which this thread and the
// processes that it starts alone see. Needs root, a loop device and mkfs.ext4. Gone with this.
//
//   LoopDisk const disk(folder / "disk.img", folder / "data", 64);
//   if (!disk.mounted()) GTEST_SKIP() << "needs root and a loop device";
class LoopDisk {
 public:
  // `folder` is there, `image` is not.
  LoopDisk(std::string const& image, std::string folder, int megabytes);
  ~LoopDisk();
  LoopDisk(LoopDisk const&) = delete;
  LoopDisk& operator=(LoopDisk const&) = delete;

  bool mounted() const { return mounted_; }

 private:
  std::string const folder_;
  bool mounted_ = false;
};

}  // namespace probefarm
