#include "coordinator/releases/directory/directory_upload.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::Status ReserveRoom(int fd, int64_t size, std::string const& path) {
  int result = 0;
  do {
    result = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size);
  } while (result != 0 && errno == EINTR);
  // Not every file system can; then the writes find out.
  if (result == 0 || errno == EOPNOTSUPP) return absl::OkStatus();
  return FileError(errno, absl::StrCat("reserve ", size, " bytes for"), path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<DirectoryUpload>> DirectoryUpload::Start(
    DirectoryLayout const& layout, AssetDigests& digests, PendingUpload pending) {
  ASSIGN_OR_RETURN(std::string const unique, NewUploadToken());
  std::string path = absl::StrCat(layout.incoming(), "/", pending.intent.job, "-",
                                  pending.intent.epoch, "-", unique);
  ASSIGN_OR_RETURN(UniqueFd fd, OpenFile(path, O_WRONLY | O_CREAT | O_EXCL));
  std::unique_ptr<DirectoryUpload> upload(
      new DirectoryUpload(layout, digests, std::move(pending), std::move(path), std::move(fd)));
  RETURN_IF_ERROR(ReserveRoom(upload->fd_.get(), upload->pending_.intent.size, upload->path_));
  return upload;
}

DirectoryUpload::DirectoryUpload(DirectoryLayout const& layout, AssetDigests& digests,
                                 PendingUpload pending, std::string path, UniqueFd fd)
    : layout_(layout),
      digests_(digests),
      pending_(std::move(pending)),
      path_(std::move(path)),
      fd_(std::move(fd)) {}

DirectoryUpload::~DirectoryUpload() { unlink(path_.c_str()); }

std::optional<UploadVerdict> DirectoryUpload::Write(absl::string_view piece) {
  written_ += static_cast<int64_t>(piece.size());
  if (written_ > pending_.intent.size)
    return ErrorVerdict(422, absl::StrCat("more than the ", pending_.intent.size,
                                          " bytes that were announced came"));
  hash_.Update(piece);
  absl::Status const status = WriteAll(fd_.get(), piece, path_);
  if (!status.ok()) return Trouble(status);
  return std::nullopt;
}

UploadVerdict DirectoryUpload::Finish() {
  UploadIntent const& announced = pending_.intent;
  std::string const sha256 = hash_.HexDigest();
  if (written_ != announced.size || sha256 != announced.sha256)
    return ErrorVerdict(
        422, absl::StrCat(written_, " bytes with sha256 ", sha256, " came; announced were ",
                          announced.size, " bytes with sha256 ", announced.sha256));
  absl::StatusOr<UploadVerdict> verdict = Store();
  return verdict.ok() ? *std::move(verdict) : Trouble(verdict.status());
}

absl::StatusOr<UploadVerdict> DirectoryUpload::Store() {
  RETURN_IF_ERROR(SyncFile(fd_.get(), path_));
  std::string const name = layout_.FilePath(pending_.intent.tag, pending_.asset_name);
  if (link(path_.c_str(), name.c_str()) != 0) {
    if (errno == EEXIST) return CompareWithHolder();
    return FileError(errno, absl::StrCat("link ", path_, " to"), name);
  }
  // Now, not later: dropping the second name changes the file's times, and whoever reads its digest
  // after the answer must find it settled.
  unlink(path_.c_str());
  RETURN_IF_ERROR(SyncFolder(layout_.ReleaseFolder(pending_.intent.tag)));
  return StoredVerdict(Asset(), /*there_before=*/false);
}

absl::StatusOr<UploadVerdict> DirectoryUpload::CompareWithHolder() const {
  UploadIntent const& ours = pending_.intent;
  ASSIGN_OR_RETURN(FileDigest const theirs,
                   digests_.Of(layout_.FilePath(ours.tag, pending_.asset_name)));
  if (theirs.sha256 == ours.sha256) return StoredVerdict(Asset(), /*there_before=*/true);
  return ErrorVerdict(409,
                      absl::StrCat(pending_.asset_name, " is there with sha256 ", theirs.sha256,
                                   ", which is not ", ours.sha256, "; assets are never replaced"));
}

UploadVerdict DirectoryUpload::Trouble(absl::Status const& status) const {
  Log(LogLevel::kError, "an upload failed",
      {{"job", pending_.intent.job},
       {"epoch", pending_.intent.epoch},
       {"asset", pending_.asset_name},
       {"error", status.ToString()}});
  return TroubleVerdict(status);
}

HostedAsset DirectoryUpload::Asset() const {
  UploadIntent const& intent = pending_.intent;
  return {.tag = intent.tag,
          .asset_name = pending_.asset_name,
          .url = layout_.DownloadUrl(intent.tag, pending_.asset_name),
          .sha256 = intent.sha256,
          .size = intent.size};
}

}  // namespace probefarm
