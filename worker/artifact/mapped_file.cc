#include "worker/artifact/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "lib/files/durable_file.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Null for an empty file, which cannot be mapped; MAP_FAILED with errno set.
void* Map(int fd, size_t& size) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return MAP_FAILED;
  size = static_cast<size_t>(status.st_size);
  return size == 0 ? nullptr : mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
}

}  // namespace

absl::StatusOr<MappedFile> MappedFile::Open(std::string const& path) {
  ASSIGN_OR_RETURN(UniqueFd const fd, OpenFile(path, O_RDONLY));
  size_t size = 0;
  void* const data = Map(fd.get(), size);
  if (data == MAP_FAILED) return FileError(errno, "map", path);
  return MappedFile(data, size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(data_, size_);
}

}  // namespace probefarm
