#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// A file's bytes, mapped for reading. For files of the worker's own that nobody truncates
// meanwhile: reading beyond a new end would be a SIGBUS. Pages come from the disk when they are
// first read, so that a big artifact costs no memory of its own. Movable; thread-safe once made.
class MappedFile {
 public:
  // NOT_FOUND and others name the path. An empty file is OK and has no bytes.
  static absl::StatusOr<MappedFile> Open(std::string const& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  // Valid as long as this.
  absl::string_view bytes() const { return {static_cast<char const*>(data_), size_}; }

 private:
  MappedFile(void* data, size_t size) : data_(data), size_(size) {}

  void* data_;  // null for an empty file, which cannot be mapped
  size_t size_;
};

}  // namespace probefarm
