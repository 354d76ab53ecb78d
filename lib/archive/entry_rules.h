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

// The path without `.` and empty components; "" for the root itself ("./"). INVALID_ARGUMENT for an
// empty path, an absolute one and one with `..`, even where that would stay inside ("a/../b"): what
// a name means must not depend on what is on the disk. Names that only look like dots ("...",
// "..a") are kept.
absl::StatusOr<std::string> NormalizePath(absl::string_view path, ArchiveLimits const& limits);

// A symlink at `path` (normalized) may point into the tree or below an allowed root. A `..` counts
// only at the start of a target: after a name that is itself a link it would lead elsewhere.
// `target` is as stored; an absolute one may hold no `..` at all and must name something below one
// of `allowed_roots` ("/usr/lib/" or "/usr/lib"), not the root itself.
//
//   CheckSymlinkTarget("usr/src/a/build", "../b", {}, limits)           OK: usr/src/b
//   CheckSymlinkTarget("usr/src/a/build", "../../../../etc", {}, …)     INVALID_ARGUMENT
//   CheckSymlinkTarget("usr/src/a/scripts", "/usr/lib/k", {"/usr/lib/"}, …)  OK
absl::Status CheckSymlinkTarget(absl::string_view path, absl::string_view target,
                                std::vector<std::string> const& allowed_roots,
                                ArchiveLimits const& limits);

// The symlinks of an archive so far. An entry at one or below one could be written through it, to
// wherever it points. Not thread-safe.
class SymlinksSeen {
 public:
  // INVALID_ARGUMENT when `path` (normalized) is a symlink's or leads through one.
  absl::Status Check(absl::string_view path) const;

  // `path` is normalized. RESOURCE_EXHAUSTED when the paths together take more than 16 MB.
  absl::Status Add(std::string path);

 private:
  std::set<std::string, std::less<>> paths_;
  size_t bytes_ = 0;
};

}  // namespace probefarm
