#pragma once

#include <string>

namespace probefarm {

// A file system of a few kilobytes over a folder, which this thread alone sees, for tests of what
// happens on a disk that is full, read-only or another one. Needs root. Gone with this.
//
//   TinyDisk const disk(folder.path(), 64);
//   if (!disk.mounted()) GTEST_SKIP() << "needs root";
class TinyDisk {
 public:
  // `folder` is there.
  TinyDisk(std::string folder, int kilobytes);
  ~TinyDisk();
  TinyDisk(TinyDisk const&) = delete;
  TinyDisk& operator=(TinyDisk const&) = delete;

  bool mounted() const { return mounted_; }
  void MakeReadOnly() const;

 private:
  std::string const folder_;
  bool mounted_ = false;
};

}  // namespace probefarm
