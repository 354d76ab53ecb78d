#include "lib/http/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr mode_t kReadableByAll = 0644;

absl::Status ExhaustedOrUnavailable(absl::Status const& status) {
  if (status.ok() || absl::IsResourceExhausted(status)) return status;
  return absl::UnavailableError(status.message());
}

}  // namespace

absl::StatusOr<std::unique_ptr<NewFile>> NewFile::Create(std::string destination) {
  std::string temporary = absl::StrCat(destination, ".XXXXXX");
  UniqueFd fd(mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return ExhaustedOrUnavailable(FileError(errno, "create", destination));
  return std::unique_ptr<NewFile>(
      new NewFile(std::move(destination), std::move(temporary), std::move(fd)));
}

NewFile::NewFile(std::string destination, std::string temporary, UniqueFd fd)
    : destination_(std::move(destination)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}

NewFile::~NewFile() {
  if (!committed_) unlink(temporary_.c_str());
}

absl::Status NewFile::Write(absl::string_view bytes) {
  return ExhaustedOrUnavailable(WriteAll(fd_.get(), bytes, temporary_));
}

absl::Status NewFile::Restart() {
  if (ftruncate(fd_.get(), 0) == 0 && lseek(fd_.get(), 0, SEEK_SET) == 0) return absl::OkStatus();
  return ExhaustedOrUnavailable(FileError(errno, "truncate", temporary_));
}

absl::Status NewFile::Commit() { return ExhaustedOrUnavailable(Publish()); }

absl::Status NewFile::Publish() {
  if (fchmod(fd_.get(), kReadableByAll) != 0) return FileError(errno, "chmod", temporary_);
  RETURN_IF_ERROR(SyncFile(fd_.get(), temporary_));
  if (std::rename(temporary_.c_str(), destination_.c_str()) != 0)
    return FileError(errno, "rename to", destination_);
  committed_ = true;
  return SyncFolder(FolderOf(destination_));
}

}  // namespace probefarm
