#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace probefarm {

// What an archive may hold; beyond it reading stops with RESOURCE_EXHAUSTED that names the limit.
struct ArchiveLimits {
  int64_t max_entries = 500'000;
  int64_t max_entry_bytes = int64_t{4} << 30;
  int64_t max_total_bytes = int64_t{8} << 30;
  int max_path_bytes = 4096;
  int max_depth = 64;       // path components
  double max_ratio = 1000;  // unpacked bytes over packed ones, once a megabyte is out
};

enum class EntryType { kFile, kDirectory, kSymlink, kHardlink };

// One entry, its path checked: relative, without `.`, `..` and empty components, no trailing slash.
struct ArchiveEntry {
  std::string path;
  EntryType type = EntryType::kFile;
  // Of a symlink: as stored; checked to stay in the tree unless absolute below an allowed root (see
  // below). Of a hardlink: a path in the archive, checked and written like `path`.
  std::string link_target;
  int64_t size = 0;  // of a file; otherwise 0
  int mode = 0;      // permission bits only; setuid, setgid and sticky never reach here
  absl::Time mtime;
};

// Reads an archive's entries one after the other, never trusting it. These end the reading with
// INVALID_ARGUMENT that names the entry: absolute paths, `..`, links that leave the tree (or could,
// by a `..` after a name), entries at or below a symlink that came before, hardlinks to symlinks,
// devices, FIFOs, setuid and setgid files. (On directories setgid and sticky bits are dropped.
// Debian's header packages link absolutely into /usr/lib and /usr/src: `allowed_link_roots` names
// such roots.) Beyond the limits: RESOURCE_EXHAUSTED. Truncated or broken: DATA_LOSS. All name the
// archive's path. The root itself ("./") is not an entry. Formats: a .deb's data member (gz, xz,
// zst), tar plain or compressed with gz, xz, zst. Not thread-safe.
class ArchiveReader {
 public:
  struct Options {
    ArchiveLimits limits;
    // Absolute link targets below one of these are let through: {"/usr/lib/", "/usr/src/"}.
    std::vector<std::string> allowed_link_roots;
  };

  // The file stays open until destruction.
  static absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenTar(std::string const& path,
                                                                Options options);
  // The ar container of a .deb; its `data.tar.*` member is what is read.
  static absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenDeb(std::string const& path,
                                                                Options options);

  virtual ~ArchiveReader() = default;

  // The next entry, or nullopt at the end. What was not read of the entry before is skipped, and
  // counts as read. After an error, that error again.
  virtual absl::StatusOr<std::optional<ArchiveEntry>> Next() = 0;

  // Up to `size` bytes of the present file entry; 0 at its end.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;
};

}  // namespace probefarm
