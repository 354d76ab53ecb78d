#include "worker/inputs/cached_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "lib/files/durable_file.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

bool Lock(UniqueFd const& fd, int operation) {
  int result = 0;
  do {
    result = flock(fd.get(), operation);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

// An evicting worker may have unlinked the file between open() and flock().
bool IsStillAt(std::string const& path, struct stat const& opened) {
  struct stat now {};
  return stat(path.c_str(), &now) == 0 && now.st_dev == opened.st_dev &&
         now.st_ino == opened.st_ino;
}

}  // namespace

absl::StatusOr<std::optional<CachedFile>> CachedFile::Pin(std::string const& path) {
  auto fd = OpenFile(path, O_RDONLY);
  if (absl::IsNotFound(fd.status())) return std::nullopt;
  RETURN_IF_ERROR(fd.status());
  struct stat opened {};
  if (!Lock(*fd, LOCK_SH) || fstat(fd->get(), &opened) != 0) return FileError(errno, "pin", path);
  if (!IsStillAt(path, opened)) return std::nullopt;
  return CachedFile(*std::move(fd), path, opened.st_size);
}

CachedFile::CachedFile(UniqueFd fd, std::string path, int64_t size)
    : fd_(std::move(fd)), path_(std::move(path)), size_(size) {}

absl::Status CachedFile::Touch(absl::Time now) const {
  timespec const time = absl::ToTimespec(now);
  timespec const times[] = {time, time};
  if (futimens(fd_.get(), times) == 0) return absl::OkStatus();
  return FileError(errno, "touch", path_);
}

absl::StatusOr<bool> RemoveUnlessPinned(std::string const& path) {
  auto const fd = OpenFile(path, O_RDONLY);
  if (absl::IsNotFound(fd.status())) return false;
  RETURN_IF_ERROR(fd.status());
  if (Lock(*fd, LOCK_EX | LOCK_NB) && unlink(path.c_str()) == 0) return true;
  if (errno == EWOULDBLOCK || errno == ENOENT) return false;
  return FileError(errno, "remove", path);
}

}  // namespace probefarm
