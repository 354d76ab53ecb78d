#include "worker/inputs/cache_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <numeric>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/digest/hex.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/status_macros.h"
#include "worker/inputs/cached_file.h"

namespace probefarm {
namespace {

namespace fs = std::filesystem;

bool IsWhole(FolderEntry const& entry) {
  return IsSha256Hex(fs::path(entry.path).filename().string());
}

// Adds the file, unless another worker has removed it meanwhile.
absl::Status AddEntry(std::string const& path, std::vector<FolderEntry>& entries) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return absl::OkStatus();
    return FileError(errno, "look at", path);
  }
  if (S_ISREG(status.st_mode)) {
    entries.push_back({path, status.st_size, absl::TimeFromTimespec(status.st_mtim)});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FolderEntry>> ListFiles(std::string const& root) {
  std::vector<FolderEntry> entries;
  std::string const folder = absl::StrCat(root, "/sha256");
  std::error_code error;
  if (!fs::exists(folder, error) && !error) return entries;
  fs::recursive_directory_iterator it(folder, error);
  for (; !error && it != fs::end(it); it.increment(error)) {
    RETURN_IF_ERROR(AddEntry(it->path().string(), entries));
  }
  if (error) return FileError(error.value(), "list", folder);
  return entries;
}

}  // namespace

std::string PathOfDigest(absl::string_view root, absl::string_view sha256) {
  return absl::StrCat(root, "/sha256/", sha256.substr(0, 2), "/", sha256);
}

absl::StatusOr<std::vector<FolderEntry>> ListWholeFiles(std::string const& root) {
  ASSIGN_OR_RETURN(auto entries, ListFiles(root));
  std::erase_if(entries, [](FolderEntry const& entry) { return !IsWhole(entry); });
  return entries;
}

absl::Status RemoveUnfinishedFiles(std::string const& root, absl::Time before) {
  ASSIGN_OR_RETURN(auto const entries, ListFiles(root));
  for (auto const& entry : entries) {
    if (IsWhole(entry) || entry.last_use >= before) continue;
    std::error_code error;
    fs::remove(entry.path, error);
    if (error) return FileError(error.value(), "remove", entry.path);
  }
  return absl::OkStatus();
}

absl::Status EvictDownTo(std::string const& root, int64_t max_bytes) {
  ASSIGN_OR_RETURN(auto entries, ListWholeFiles(root));
  int64_t total =
      std::accumulate(entries.begin(), entries.end(), int64_t{0},
                      [](int64_t sum, FolderEntry const& entry) { return sum + entry.size; });
  std::sort(entries.begin(), entries.end(),
            [](auto const& a, auto const& b) { return a.last_use < b.last_use; });
  for (auto const& entry : entries) {
    if (total <= max_bytes) break;
    ASSIGN_OR_RETURN(bool const removed, RemoveUnlessPinned(entry.path));
    if (removed) total -= entry.size;
  }
  return absl::OkStatus();
}

}  // namespace probefarm
