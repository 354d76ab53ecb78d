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
// The defaults leave ample room for a kernel's headers (some ten thousand files) and are there for
// archives that were made to exhaust a machine.
struct ArchiveLimits {
  int64_t max_entries = 500'000;               // of every type
  int64_t max_entry_bytes = int64_t{4} << 30;  // of one file, by what its header announces
  int64_t max_total_bytes = int64_t{8} << 30;  // of all files together, likewise
  int max_path_bytes = 4096;                   // of a path, and of a link's target
  int max_depth = 64;                          // path components
  double max_ratio = 1000;  // unpacked bytes over packed ones, once a megabyte is out
};

// The types that get past the reader; a device or a FIFO is refused.
enum class EntryType { kFile, kDirectory, kSymlink, kHardlink };

// One entry, its path checked: relative, without `.`, `..` and empty components, no trailing slash.
struct ArchiveEntry {
  std::string path;  // "usr/src/linux-headers-6.1.0-47-common/Makefile"
  EntryType type = EntryType::kFile;
  // Of a symlink: as stored; checked to stay in the tree unless absolute below an allowed root (see
  // below). Of a hardlink: a path in the archive, checked and written like `path`.
  std::string link_target;
  int64_t size = 0;  // of a file; otherwise 0
  int mode = 0;      // permission bits only; setuid, setgid and sticky never reach here
  absl::Time mtime;  // whole seconds
};

// Reads an archive's entries one after the other, never trusting it. These end the reading with
// INVALID_ARGUMENT that names the entry: absolute paths, `..`, links that leave the tree (or could,
// by a `..` after a name), entries at or below a symlink that came before, hardlinks to symlinks,
// devices, FIFOs, setuid and setgid files. (On directories setgid and sticky bits are dropped.
// Debian's header packages link absolutely into /usr/lib and /usr/src: `allowed_link_roots` names
// such roots.) Beyond the limits: RESOURCE_EXHAUSTED. Truncated or broken: DATA_LOSS. All name the
// archive's path. The root itself ("./") is not an entry. Formats: a .deb's data member and an
// .rpm's payload (gz, xz, zst), tar plain or compressed with gz, xz, zst. Not thread-safe.
//
//   ASSIGN_OR_RETURN(auto reader, ArchiveReader::OpenDeb(path, {}));
//   while (true) {
//     ASSIGN_OR_RETURN(std::optional<ArchiveEntry> const entry, reader->Next());
//     if (!entry.has_value()) break;
//     … reader->Read(buffer, size) until it answers 0 …
//   }
class ArchiveReader {
 public:
  struct Options {
    ArchiveLimits limits;
    // Absolute link targets below one of these are let through: {"/usr/lib/", "/usr/src/"}.
    std::vector<std::string> allowed_link_roots;
  };

  // The file stays open until destruction. NOT_FOUND and others when it cannot be opened,
  // INVALID_ARGUMENT when it is compressed more than once; whether it is a tar archive at all shows
  // at the first Next().
  static absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenTar(std::string const& path,
                                                                Options options);
  // The same of an archive in memory, which must outlive the reader. `name` is for messages.
  static absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenTarBytes(absl::string_view bytes,
                                                                     std::string const& name,
                                                                     Options options);
  // The ar container of a .deb (deb(5)); its `data.tar.*` member is what is read. Errors are those
  // of OpenTar(), and DATA_LOSS for what is no ar archive, INVALID_ARGUMENT when there is no such
  // member.
  static absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenDeb(std::string const& path,
                                                                Options options);
  // An RPM package's payload, a cpio archive packed with gz, xz or zst. Errors are those of
  // OpenTar(), and DATA_LOSS for what is no RPM.
  static absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenRpm(std::string const& path,
                                                                Options options);

  virtual ~ArchiveReader() = default;

  // The next entry, or nullopt at the end. What was not read of the entry before is skipped, and
  // counts as read. After an error, that error again.
  virtual absl::StatusOr<std::optional<ArchiveEntry>> Next() = 0;

  // Up to `size` bytes of the present file entry; 0 at its end, for an entry of another type, and
  // before the first Next(). A file that ends before the size that its header announced is
  // DATA_LOSS. After an error, that error again, from Next() too.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;
};

}  // namespace probefarm
