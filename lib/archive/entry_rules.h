#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/archive/archive_reader.h"

namespace probefarm {

// What an entry's path and links may be. Pure. INVALID_ARGUMENT for what could reach out of the
// tree, RESOURCE_EXHAUSTED for what is too long or too deep; messages do not name the entry.

// The path without `.` and empty components; "" for the root itself ("./").
absl::StatusOr<std::string> NormalizePath(absl::string_view path, ArchiveLimits const& limits);

// A symlink at `path` (normalized) may point into the tree or below an allowed root. A `..` counts
// only at the start of a target: after a name that is itself a link it would lead elsewhere.
absl::Status CheckSymlinkTarget(absl::string_view path, absl::string_view target,
                                std::vector<std::string> const& allowed_roots,
                                ArchiveLimits const& limits);

// The symlinks of an archive so far. An entry at one or below one could be written through it, to
// wherever it points. Not thread-safe.
class SymlinksSeen {
 public:
  // INVALID_ARGUMENT when `path` (normalized) is a symlink's or leads through one.
  absl::Status Check(absl::string_view path) const;

  // RESOURCE_EXHAUSTED when these are too many to remember.
  absl::Status Add(std::string path);

 private:
  std::set<std::string, std::less<>> paths_;
  size_t bytes_ = 0;
};

}  // namespace probefarm
