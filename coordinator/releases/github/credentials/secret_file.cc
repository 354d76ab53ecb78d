#include "coordinator/releases/github/credentials/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/files/bounded_read.h"
#include "lib/files/durable_file.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr mode_t kOfOthers = S_IRWXG | S_IRWXO;

absl::Status CheckFile(int fd, std::string const& path, size_t most) {
  struct stat found {};
  if (fstat(fd, &found) != 0) return FileError(errno, "stat", path);
  if (!S_ISREG(found.st_mode))
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a regular file"));
  if ((found.st_mode & kOfOthers) != 0)
    return absl::PermissionDeniedError(
        absl::StrFormat("%s is open to others than its owner (mode %04o): chmod 600 %s", path,
                        found.st_mode & 07777, path));
  // What is refused here was never read: nothing of it stays in memory.
  if (static_cast<uint64_t>(found.st_size) > most)
    return absl::InvalidArgumentError(absl::StrCat(path, " is larger than ", most, " bytes"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Secret> ReadSecretFile(std::string const& path, size_t most) {
  ASSIGN_OR_RETURN(UniqueFd const fd, OpenFile(path, O_RDONLY | O_NONBLOCK));
  RETURN_IF_ERROR(CheckFile(fd.get(), path, most));
  ASSIGN_OR_RETURN(std::string text, ReadUpTo(fd, path, most));
  return Secret(std::move(text));
}

}  // namespace probefarm
