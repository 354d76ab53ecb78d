#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace probefarm {

// The cache on disk: `<root>/sha256/ab/<64 hex digits>`, each file whole and named for its content.
// What has another name is a download under way, or what a killed one left. Several workers may use
// one folder: a file that goes while it is looked at is no error. Errors are those of file
// operations and name the path. Nothing here checks a content.

// A file below the folder.
struct FolderEntry {
  std::string path;     // with the root in front
  int64_t size = 0;     // bytes
  absl::Time last_use;  // its modification time: see CachedFile::Touch()
};

// Where the file of a digest (64 lower-case hexadecimal digits) belongs. Pure.
std::string PathOfDigest(absl::string_view root, absl::string_view sha256);

// All whole files, in no order. A folder that is not there yet is empty.
absl::StatusOr<std::vector<FolderEntry>> ListWholeFiles(std::string const& root);

// Removes unfinished downloads that nobody has written to since `before`. One that still runs would
// fail at its end, so `before` is long ago.
absl::Status RemoveUnfinishedFiles(std::string const& root, absl::Time before);

// Removes the files that were used longest ago, but none that is pinned, until no more than
// `max_bytes` are left or nothing else can go; that is OK too. Unfinished downloads do not count.
absl::Status EvictDownTo(std::string const& root, int64_t max_bytes);

}  // namespace probefarm
