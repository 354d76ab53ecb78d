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
// one folder.

struct FolderEntry {
  std::string path;
  int64_t size = 0;
  absl::Time last_use;
};

// Where the file of a digest (64 hexadecimal digits) belongs.
std::string PathOfDigest(absl::string_view root, absl::string_view sha256);

// All whole files, in no order. A folder that is not there yet is empty.
absl::StatusOr<std::vector<FolderEntry>> ListWholeFiles(std::string const& root);

// Removes unfinished downloads that nobody has written to since `before`.
absl::Status RemoveUnfinishedFiles(std::string const& root, absl::Time before);

// Removes the files that were used longest ago, but none that is pinned, until no more than
// `max_bytes` are left or nothing else can go.
absl::Status EvictDownTo(std::string const& root, int64_t max_bytes);

}  // namespace probefarm
