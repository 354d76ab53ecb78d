#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// A file as a fake engine keeps it.
struct FakeFile {
  enum class Type { kFile, kDirectory, kSymlink };
  Type type = Type::kFile;
  std::string content;  // a symlink's target
  int mode = 0644;
  int uid = 0;
  int gid = 0;
  friend bool operator==(FakeFile const&, FakeFile const&) = default;
};

// Files by path. Paths have no trailing slash; whether they are absolute is for the user to say.
using FakeTree = std::map<std::string, FakeFile>;

// Reads a tar stream, whatever wrote it: with libarchive itself and not with lib/archive, so that a
// test also sees what lib/archive writes. Hard links become copies. INVALID_ARGUMENT when it is no
// tar, or a truncated one.
absl::StatusOr<FakeTree> ReadTar(absl::string_view tar);

// The tar stream of a tree, entries in the order of their paths, no time in it: equal trees give
// equal bytes.
absl::StatusOr<std::string> WriteTar(FakeTree const& tree);

}  // namespace probefarm
