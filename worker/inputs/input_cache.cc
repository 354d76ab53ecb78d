#include "worker/inputs/input_cache.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/digest/hex.h"
#include "lib/digest/sha256.h"
#include "lib/files/durable_file.h"
#include "lib/files/unique_fd.h"
#include "lib/http/download.h"
#include "lib/http/new_file.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"
#include "worker/inputs/cache_folder.h"

namespace probefarm {
namespace {

absl::Status RemoveFile(std::string const& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (!error) return absl::OkStatus();
  return FileError(error.value(), "remove", path);
}

constexpr size_t kPieceBytes = size_t{1} << 20;

// Find() looks at the digest of what came, as of all that it has not seen.
absl::Status CopyToNewFile(std::string const& from, std::string const& to) {
  ASSIGN_OR_RETURN(UniqueFd const source, OpenFile(from, O_RDONLY));
  ASSIGN_OR_RETURN(std::unique_ptr<NewFile> const copy, NewFile::Create(to));
  std::string piece(kPieceBytes, '\0');
  while (true) {
    ssize_t const got = read(source.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(errno, "read", from);
    if (got == 0) return copy->Commit();
    RETURN_IF_ERROR(copy->Write({piece.data(), static_cast<size_t>(got)}));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<InputCache>> InputCache::Open(Options options, HttpClient* http,
                                                             Clock const* clock) {
  RETURN_IF_ERROR(MakeFolders(options.folder));
  RETURN_IF_ERROR(RemoveUnfinishedFiles(options.folder, clock->Now() - options.unfinished));
  return std::unique_ptr<InputCache>(new InputCache(std::move(options), http, clock));
}

InputCache::InputCache(Options options, HttpClient* http, Clock const* clock)
    : options_(std::move(options)), http_(http), clock_(clock) {}

absl::StatusOr<CachedFile> InputCache::Fetch(Input const& input,
                                             std::function<bool()> const& cancelled,
                                             ProgressSink const& progress) {
  if (!IsSha256Hex(input.sha256)) {
    return absl::InvalidArgumentError(
        absl::StrCat("fetch ", input.name, ": not a SHA-256: ", input.sha256));
  }
  auto file = FetchLocked(input, cancelled, progress);
  if (file.ok()) return file;
  return Annotate(file.status(), absl::StrCat("fetch ", input.name));
}

absl::StatusOr<CachedFile> InputCache::FetchLocked(Input const& input,
                                                   std::function<bool()> const& cancelled,
                                                   ProgressSink const& progress) {
  ASSIGN_OR_RETURN(auto const holder, fetching_.Acquire(input.sha256, cancelled));
  ASSIGN_OR_RETURN(auto found, Find(input));
  if (found.has_value()) return *std::move(found);
  RETURN_IF_ERROR(FetchFile(input, cancelled, progress));
  ASSIGN_OR_RETURN(auto fetched, Find(input));
  if (!fetched.has_value()) {
    return absl::UnavailableError("it was removed from the cache as soon as it was there");
  }
  Trim();
  return *std::move(fetched);
}

absl::StatusOr<std::optional<CachedFile>> InputCache::Find(Input const& input) {
  std::string const path = PathOfDigest(options_.folder, input.sha256);
  ASSIGN_OR_RETURN(auto file, CachedFile::Pin(path));
  if (!file.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(bool const sound, IsSound(*file, input));
  if (sound) {
    NoteUse(*file);
    return file;
  }
  Log(LogLevel::kWarning, "cached input is damaged, fetching it again",
      {{"input", input.name}, {"path", path}});
  RETURN_IF_ERROR(RemoveFile(path));
  return std::nullopt;
}

absl::StatusOr<bool> InputCache::IsSound(CachedFile const& file, Input const& input) {
  if (file.size() != input.size) return false;
  if (IsVerified(input.sha256)) return true;
  ASSIGN_OR_RETURN(std::string const sha256, Sha256OfFile(file.path()));
  if (sha256 != input.sha256) return false;
  SetVerified(input.sha256);
  return true;
}

absl::Status InputCache::FetchFile(Input const& input, std::function<bool()> const& cancelled,
                                   ProgressSink const& progress) {
  if (input.urls.empty()) return absl::NotFoundError("no URL is known for it");
  DownloadRequest request;
  request.urls = input.urls;
  request.destination = PathOfDigest(options_.folder, input.sha256);
  request.sha256 = input.sha256;
  request.size = input.size;
  request.max_bytes = std::max(request.max_bytes, input.size);
  request.cancelled = cancelled;
  RETURN_IF_ERROR(MakeFolders(std::filesystem::path(request.destination).parent_path().string()));
  DownloadProgress http(http_, input.name, input.size, progress);
  RETURN_IF_ERROR(Download(http, request).status());
  SetVerified(input.sha256);
  return absl::OkStatus();
}

absl::Status InputCache::Adopt(Input const& input, std::string const& path) {
  ASSIGN_OR_RETURN(auto const holder, fetching_.Acquire(input.sha256, nullptr));
  ASSIGN_OR_RETURN(auto const found, Find(input));
  if (found.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::string const sha256, Sha256OfFile(path));
  if (sha256 != input.sha256) {
    return absl::DataLossError(
        absl::StrCat(path, " has SHA-256 ", sha256, ", ", input.name, " is ", input.sha256));
  }
  std::string const destination = PathOfDigest(options_.folder, input.sha256);
  RETURN_IF_ERROR(MakeFolders(std::filesystem::path(destination).parent_path().string()));
  return CopyToNewFile(path, destination);
}

void InputCache::NoteUse(CachedFile const& file) const {
  if (absl::Status const status = file.Touch(clock_->Now()); !status.ok()) {
    Log(LogLevel::kWarning, "last use of a cached input is not noted",
        {{"error", status.message()}});
  }
}

void InputCache::Trim() const {
  if (absl::Status const status = EvictDownTo(options_.folder, options_.max_bytes); !status.ok()) {
    Log(LogLevel::kWarning, "input cache is not trimmed", {{"error", status.message()}});
  }
}

bool InputCache::IsVerified(std::string const& sha256) {
  MutexLock lock(mu_);
  return verified_.contains(sha256);
}

void InputCache::SetVerified(std::string const& sha256) {
  MutexLock lock(mu_);
  verified_.insert(sha256);
}

}  // namespace probefarm
