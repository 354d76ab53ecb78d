#include "lib/http/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr mode_t kReadableByAll = 0644;

absl::Status ErrnoToStatus(int error, absl::string_view operation, std::string const& path) {
  bool const full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return {full ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kUnavailable,
          absl::StrCat(operation, " ", path, ": ", std::strerror(error))};
}

std::string FolderOf(std::string const& path) {
  std::string const folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

absl::StatusOr<std::unique_ptr<NewFile>> NewFile::Create(std::string destination) {
  std::string temporary = absl::StrCat(destination, ".XXXXXX");
  int const fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return ErrnoToStatus(errno, "create", destination);
  return std::unique_ptr<NewFile>(new NewFile(std::move(destination), std::move(temporary), fd));
}

NewFile::NewFile(std::string destination, std::string temporary, int fd)
    : destination_(std::move(destination)), temporary_(std::move(temporary)), fd_(fd) {}

NewFile::~NewFile() {
  close(fd_);
  if (!committed_) unlink(temporary_.c_str());
}

absl::Status NewFile::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t const written = write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Error("write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status NewFile::Commit() {
  if (fchmod(fd_, kReadableByAll) != 0) return Error("change the mode of");
  if (fsync(fd_) != 0) return Error("sync");
  if (rename(temporary_.c_str(), destination_.c_str()) != 0) return Error("rename");
  committed_ = true;
  return SyncFolder();
}

absl::Status NewFile::Error(absl::string_view operation) const {
  return ErrnoToStatus(errno, operation, destination_);
}

absl::Status NewFile::SyncFolder() const {
  int const folder = open(FolderOf(destination_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return Error("open the folder of");
  absl::Status const synced = fsync(folder) == 0 ? absl::OkStatus() : Error("sync the folder of");
  close(folder);
  return synced;
}

}  // namespace probefarm
