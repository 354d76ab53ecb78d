#pragma once

#include <string>

namespace probefarm {

// Removes a file, if it is there, at the end of a scope, unless it is to stay. What cannot be
// removed is logged; the leftovers of the next start take it. Not thread-safe.
class ScopedFile {
 public:
  // The file need not be there yet.
  explicit ScopedFile(std::string path);
  ~ScopedFile();
  ScopedFile(ScopedFile const&) = delete;
  ScopedFile& operator=(ScopedFile const&) = delete;

  std::string const& path() const { return path_; }
  // It stays, and is somebody else's to remove.
  void Keep() { keep_ = true; }

 private:
  std::string const path_;
  bool keep_ = false;
};

}  // namespace probefarm
