#include "coordinator/releases/github/credentials/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/files/durable_file.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr mode_t kOfOthers = S_IRWXG | S_IRWXO;

absl::Status CheckFile(int fd, std::string const& path) {
  struct stat found {};
  if (fstat(fd, &found) != 0) return FileError(errno, "stat", path);
  if (!S_ISREG(found.st_mode))
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a regular file"));
  if ((found.st_mode & kOfOthers) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrFormat("%s is open to others than its owner (mode %04o): chmod 600 %s", path,
                      found.st_mode & 07777, path));
}

}  // namespace

absl::StatusOr<Secret> ReadSecretFile(std::string const& path, size_t most) {
  ASSIGN_OR_RETURN(UniqueFd const fd, OpenFile(path, O_RDONLY | O_NONBLOCK));
  RETURN_IF_ERROR(CheckFile(fd.get(), path));
  std::string text(most + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    ssize_t const got = read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(errno, "read", path);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  text.resize(size);
  Secret secret(std::move(text));
  if (size > most)
    return absl::InvalidArgumentError(absl::StrCat(path, " is larger than ", most, " bytes"));
  return secret;
}

}  // namespace probefarm
