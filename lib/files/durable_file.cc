#include "lib/files/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

bool IsFolder(std::string const& path) {
  std::error_code unreadable;
  return std::filesystem::is_directory(path, unreadable);
}

absl::Status WriteNewFile(std::string const& path, absl::string_view content) {
  ASSIGN_OR_RETURN(UniqueFd const fd, OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC));
  RETURN_IF_ERROR(WriteAll(fd.get(), content, path));
  return SyncFile(fd.get(), path);
}

absl::Status Rename(std::string const& from, std::string const& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0)
    return FileError(errno, absl::StrCat("rename ", from, " to"), to);
  return SyncFolder(FolderOf(to));
}

}  // namespace

std::string FolderOf(std::string const& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

absl::Status FileError(int error_number, absl::string_view operation, absl::string_view path) {
  absl::Status status = absl::ErrnoToStatus(error_number, absl::StrCat(operation, " ", path));
  if (error_number != EFBIG) return status;
  return absl::ResourceExhaustedError(status.message());
}

absl::Status WriteAll(int fd, absl::string_view bytes, absl::string_view path) {
  while (!bytes.empty()) {
    ssize_t const written = write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      return FileError(errno, "write", path);
    }
  }
  return absl::OkStatus();
}

absl::Status SyncFile(int fd, absl::string_view path) {
  if (fsync(fd) != 0) return FileError(errno, "fsync", path);
  return absl::OkStatus();
}

absl::Status SyncFolder(std::string const& path) {
  ASSIGN_OR_RETURN(UniqueFd const fd, OpenFile(path, O_RDONLY | O_DIRECTORY));
  return SyncFile(fd.get(), path);
}

absl::StatusOr<int64_t> FreeBytes(std::string const& folder) {
  struct statvfs found {};
  if (statvfs(folder.c_str(), &found) != 0) return FileError(errno, "look for room in", folder);
  return static_cast<int64_t>(found.f_bavail) * static_cast<int64_t>(found.f_frsize);
}

absl::Status MakeFolders(std::string const& path) {
  std::string const parent = FolderOf(path);
  if (path.empty() || parent == path || IsFolder(path)) return absl::OkStatus();
  RETURN_IF_ERROR(MakeFolders(parent));
  if (mkdir(path.c_str(), 0755) != 0) {
    int const error = errno;
    // Somebody else may have made it meanwhile; a file in its place stays an error.
    if (error != EEXIST || !IsFolder(path)) return FileError(error, "mkdir", path);
  }
  return SyncFolder(parent);
}

absl::Status ReplaceFile(std::string const& path, std::string const& temporary,
                         absl::string_view content) {
  absl::Status status = WriteNewFile(temporary, content);
  if (status.ok()) status = Rename(temporary, path);
  if (!status.ok()) unlink(temporary.c_str());
  return status;
}

}  // namespace probefarm
