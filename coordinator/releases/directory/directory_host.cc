#include "coordinator/releases/directory/directory_host.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/directory/asset_walk.h"
#include "coordinator/releases/directory/release_path.h"
#include "coordinator/releases/release_notes.h"
#include "coordinator/releases/upload_intent.h"
#include "lib/digest/sha256.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/files/bounded_read.h"
#include "lib/files/durable_file.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

namespace fs = std::filesystem;

absl::Status RemoveLeftovers(std::string const& incoming) {
  std::error_code error;
  fs::remove_all(incoming, error);
  if (error) return absl::UnavailableError(absl::StrCat("empty ", incoming, ": ", error.message()));
  return MakeFolders(incoming);
}

// Whether an asset has the name. FAILED_PRECONDITION when something else has.
absl::StatusOr<bool> IsTaken(std::string const& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) != 0) {
    if (errno == ENOENT) return false;
    return FileError(errno, "stat", path);
  }
  if (S_ISREG(about.st_mode)) return true;
  return absl::FailedPreconditionError(
      absl::StrCat(path, " is no file and has an asset's name: move it away"));
}

}  // namespace

DirectoryHost::DirectoryHost(DirectoryHostOptions const& options, Clock const* clock)
    : upload_time_(options.upload_time),
      clock_(clock),
      layout_(options.root, options.public_url),
      digests_(clock) {}

absl::StatusOr<std::unique_ptr<DirectoryHost>> DirectoryHost::Open(
    DirectoryHostOptions const& options, Clock const* clock) {
  std::unique_ptr<DirectoryHost> host(new DirectoryHost(options, clock));
  RETURN_IF_ERROR(MakeFolders(host->layout_.downloads()));
  RETURN_IF_ERROR(RemoveLeftovers(host->layout_.incoming()));
  return host;
}

absl::StatusOr<UploadAnswer> DirectoryHost::PrepareUpload(UploadIntent const& intent) {
  std::string const asset_name = SanitizeAssetName(intent.file_name);
  RETURN_IF_ERROR(CheckUploadIntent(intent, asset_name));
  RETURN_IF_ERROR(MakeFolders(layout_.ReleaseFolder(intent.tag)));
  ASSIGN_OR_RETURN(bool const taken, IsTaken(layout_.FilePath(intent.tag, asset_name)));
  if (taken) return AssetPresent{asset_name};
  return Grant(intent, asset_name);
}

absl::StatusOr<UploadAnswer> DirectoryHost::Grant(UploadIntent const& intent,
                                                  std::string const& asset_name) {
  ASSIGN_OR_RETURN(std::string const token, NewUploadToken());
  absl::Time const now = clock_->Now();
  absl::Time const deadline = now + upload_time_;
  std::optional<PendingUpload> const holder =
      tokens_.Reserve(token, {intent, asset_name, deadline}, now);
  if (holder)
    return WaitUntil{holder->deadline, absl::StrCat("job ", holder->intent.job,
                                                    " has a grant to upload ", asset_name)};
  return UploadGrant{.method = "PUT",
                     .url = layout_.UploadUrl(token),
                     .headers = {{"Content-Type", "application/octet-stream"}},
                     .deadline = deadline};
}

UploadOutcome DirectoryHost::InterpretUpload(UploadIntent const& intent,
                                             UploadReport const& report) {
  return InterpretVerdict(SanitizeAssetName(intent.file_name), report, clock_->Now());
}

absl::StatusOr<HostedAsset> DirectoryHost::FindAsset(std::string const& tag,
                                                     std::string const& asset_name) {
  RETURN_IF_ERROR(CheckReleaseTag(tag));
  RETURN_IF_ERROR(CheckFileName(asset_name));
  if (IsSideFileName(asset_name))
    return absl::NotFoundError(absl::StrCat("'", asset_name, "' is a side file, no asset"));
  return Describe(tag, asset_name);
}

absl::StatusOr<HostedAsset> DirectoryHost::Describe(std::string const& tag,
                                                    std::string const& asset_name) {
  ASSIGN_OR_RETURN(FileDigest digest, digests_.Of(layout_.FilePath(tag, asset_name)));
  return HostedAsset{.tag = tag,
                     .asset_name = asset_name,
                     .url = layout_.DownloadUrl(tag, asset_name),
                     .sha256 = std::move(digest.sha256),
                     .size = digest.size};
}

absl::StatusOr<std::vector<HostedAsset>> DirectoryHost::ListAssets() {
  ASSIGN_OR_RETURN(std::vector<ReleasePath> const paths, WalkAssets(layout_.downloads()));
  std::vector<HostedAsset> assets;
  for (ReleasePath const& path : paths) {
    absl::StatusOr<HostedAsset> asset = Describe(path.tag, path.file);
    if (asset.ok()) {
      assets.push_back(*std::move(asset));
    } else if (!absl::IsNotFound(asset.status())) {  // that one went away meanwhile
      return asset.status();
    }
  }
  return assets;
}

absl::StatusOr<std::vector<ReleaseKey>> DirectoryHost::ListIndexes() {
  ASSIGN_OR_RETURN(std::vector<ReleasePath> const paths,
                   WalkFiles(layout_.downloads(), kIndexName));
  std::vector<ReleaseKey> releases;
  releases.reserve(paths.size());
  for (ReleasePath const& path : paths) releases.push_back({"", path.tag});
  return releases;
}

absl::Status DirectoryHost::RemoveAsset(ReleaseKey const& release, std::string const& asset_name,
                                        std::string const& sha256) {
  RETURN_IF_ERROR(CheckReleaseTag(release.tag));
  RETURN_IF_ERROR(CheckFileName(asset_name));
  if (IsSideFileName(asset_name))
    return absl::InvalidArgumentError(absl::StrCat("'", asset_name, "' is a side file's name"));
  std::string const path = layout_.FilePath(release.tag, asset_name);
  absl::StatusOr<FileDigest> const held = digests_.Of(path);
  if (absl::IsNotFound(held.status())) return absl::OkStatus();
  RETURN_IF_ERROR(held.status());
  if (held->sha256 != sha256)
    return absl::FailedPreconditionError(
        absl::StrCat(path, " has other bytes than those that were withdrawn, sha256 ", held->sha256,
                     ": whose they are is for a person to find out"));
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return FileError(errno, "unlink", path);
  return SyncFolder(FolderOf(path));
}

absl::Status DirectoryHost::WriteSideFile(ReleaseKey const& release, std::string const& name,
                                          std::string const& content) {
  RETURN_IF_ERROR(CheckReleaseTag(release.tag));
  if (!IsSideFileName(name) || IsLogBundleName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is not a side file's name"));
  RETURN_IF_ERROR(MakeFolders(layout_.ReleaseFolder(release.tag)));
  ASSIGN_OR_RETURN(std::string const temporary, TemporaryPath());
  return ReplaceFile(layout_.FilePath(release.tag, name), temporary, content);
}

absl::StatusOr<std::string> DirectoryHost::ReadSideFile(ReleaseKey const& release,
                                                        std::string const& name) {
  RETURN_IF_ERROR(CheckReleaseTag(release.tag));
  if (!IsSideFileName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is not a side file's name"));
  std::string const path = layout_.FilePath(release.tag, name);
  ASSIGN_OR_RETURN(UniqueFd const file, OpenFile(path, O_RDONLY | O_NONBLOCK));
  absl::StatusOr<std::string> content = ReadUpTo(file, path, kLargestSideFile);
  if (absl::IsInvalidArgument(content.status()))
    return absl::ResourceExhaustedError(content.status().message());
  return content;
}

absl::Status DirectoryHost::WriteLogBundle(ReleaseKey const& release, std::string const& name,
                                           std::string const& content) {
  RETURN_IF_ERROR(CheckReleaseTag(release.tag));
  if (!IsLogBundleName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is not a bundle's name"));
  RETURN_IF_ERROR(MakeFolders(layout_.ReleaseFolder(release.tag)));
  std::string const path = layout_.FilePath(release.tag, name);
  ASSIGN_OR_RETURN(bool const taken, IsTaken(path));
  if (taken) {
    ASSIGN_OR_RETURN(FileDigest const held, digests_.Of(path));
    if (held.sha256 == Sha256Hex(content)) return absl::OkStatus();
    return absl::AlreadyExistsError(absl::StrCat(path, " holds something else"));
  }
  ASSIGN_OR_RETURN(std::string const temporary, TemporaryPath());
  return ReplaceFile(path, temporary, content);
}

absl::Status DirectoryHost::WriteNotes(ReleaseKey const& release, std::string const& notes) {
  absl::StatusOr<std::string> const before = ReadSideFile(release, kNotesName);
  if (!before.ok() && !absl::IsNotFound(before.status())) return before.status();
  std::string const body = before.value_or("");
  std::optional<std::string> const merged = MergeNotes(body, notes);
  if (!merged) LogNoRoomForNotes(release);
  if (!merged || *merged == body) return absl::OkStatus();
  return WriteSideFile(release, kNotesName, *merged);
}

absl::StatusOr<std::string> DirectoryHost::DigestOf(HostedAsset const& asset) {
  ASSIGN_OR_RETURN(HostedAsset now, FindAsset(asset.tag, asset.asset_name));
  if (now.size == asset.size) return std::move(now.sha256);
  return absl::UnavailableError(absl::StrCat(asset.tag, "/", asset.asset_name, " has ", now.size,
                                             " bytes, and had ", asset.size));
}

absl::Status DirectoryHost::Check() {
  ASSIGN_OR_RETURN(std::string const temporary, TemporaryPath());
  absl::Status const status = OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL).status();
  unlink(temporary.c_str());
  return Annotate(status, "the release directory cannot be written");
}

std::variant<std::unique_ptr<DirectoryUpload>, UploadVerdict> DirectoryHost::BeginUpload(
    std::string const& token, std::optional<int64_t> content_length) {
  std::optional<PendingUpload> pending = tokens_.Take(token, clock_->Now());
  if (!pending) return ErrorVerdict(410, "the token is unknown, used or expired");
  int64_t const announced = pending->intent.size;
  if (content_length && *content_length != announced)
    return ErrorVerdict(422, absl::StrCat("Content-Length is ", *content_length,
                                          "; announced were ", announced, " bytes"));
  auto upload = DirectoryUpload::Start(layout_, digests_, *std::move(pending));
  if (upload.ok()) return *std::move(upload);
  Log(LogLevel::kError, "an upload cannot begin", {{"error", upload.status().ToString()}});
  return TroubleVerdict(upload.status());
}

absl::StatusOr<std::string> DirectoryHost::DownloadPath(std::string const& tag_and_file) const {
  ASSIGN_OR_RETURN(ReleasePath const path, SplitReleasePath(tag_and_file));
  return layout_.FilePath(path.tag, path.file);
}

absl::StatusOr<std::string> DirectoryHost::TemporaryPath() const {
  ASSIGN_OR_RETURN(std::string const unique, NewUploadToken());
  return absl::StrCat(layout_.incoming(), "/", unique);
}

}  // namespace probefarm
