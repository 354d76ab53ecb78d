#include "lib/signing/key_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/files/bounded_read.h"
#include "lib/files/durable_file.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxBytes = size_t{64} << 10;
constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kReadableByAll = 0644;
constexpr unsigned kPermissions = 0777;

absl::Status Refusal(absl::Status const& opened, std::string const& path) {
  if (!absl::IsAlreadyExists(opened)) return opened;
  return absl::AlreadyExistsError(absl::StrCat(
      path,
      " is there already, and is left as it is: a key that is lost cannot be made again. "
      "Name another file"));
}

// Removes what it began unless it comes to its end.
absl::Status WriteNew(std::string const& path, mode_t mode, std::string const& text) {
  absl::StatusOr<UniqueFd> const fd =
      OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, static_cast<int>(mode));
  if (!fd.ok()) return Refusal(fd.status(), path);
  absl::Status written =
      fchmod(fd->get(), mode) == 0 ? absl::OkStatus() : FileError(errno, "chmod", path);
  if (written.ok()) written = WriteAll(fd->get(), text, path);
  if (written.ok()) written = SyncFile(fd->get(), path);
  if (!written.ok()) unlink(path.c_str());
  return written;
}

// What is looked at is what is read: both by the same descriptor.
absl::StatusOr<struct stat> LookAt(UniqueFd const& fd, std::string const& path) {
  struct stat found {};
  if (fstat(fd.get(), &found) != 0) return FileError(errno, "look at", path);
  if (!S_ISREG(found.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, " is no file"));
  return found;
}

absl::Status CheckSecret(struct stat const& found, std::string const& path) {
  if (KeepsSecret(found.st_mode & kPermissions, found.st_uid, geteuid())) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrFormat(
      "%s can be read or changed by others (mode %04o): `chmod 600 %s`, and if somebody may have "
      "read it, make another key with `probefarm-coordinator keygen`",
      path, found.st_mode & kPermissions, path));
}

}  // namespace

std::string PublicKeyPath(absl::string_view path) { return absl::StrCat(path, ".pub"); }

bool KeepsSecret(unsigned mode, unsigned owner, unsigned reader) {
  return (mode & (owner == reader ? 0077U : 0037U)) == 0;
}

absl::Status WriteKeyPair(SigningKey const& key, std::string const& path) {
  RETURN_IF_ERROR(WriteNew(path, kOwnerOnly, key.ToPem()));
  absl::Status published = WriteNew(PublicKeyPath(path), kReadableByAll, key.public_key().ToPem());
  if (!published.ok()) {
    unlink(path.c_str());
    return published;
  }
  return SyncFolder(FolderOf(path));
}

absl::StatusOr<SigningKey> ReadSigningKey(std::string const& path) {
  ASSIGN_OR_RETURN(UniqueFd const fd, OpenFile(path, O_RDONLY | O_NONBLOCK));
  ASSIGN_OR_RETURN(struct stat const found, LookAt(fd, path));
  RETURN_IF_ERROR(CheckSecret(found, path));
  ASSIGN_OR_RETURN(std::string const text, ReadUpTo(fd, path, kMaxBytes));
  absl::StatusOr<SigningKey> key = SigningKey::FromPem(text);
  if (!key.ok()) return Annotate(key.status(), path);
  return key;
}

absl::StatusOr<PublicKey> ReadPublicKey(std::string const& path) {
  ASSIGN_OR_RETURN(UniqueFd const fd, OpenFile(path, O_RDONLY | O_NONBLOCK));
  RETURN_IF_ERROR(LookAt(fd, path).status());
  ASSIGN_OR_RETURN(std::string const text, ReadUpTo(fd, path, kMaxBytes));
  absl::StatusOr<PublicKey> key = PublicKey::FromPem(text);
  if (!key.ok()) return Annotate(key.status(), path);
  return key;
}

}  // namespace probefarm
