#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// Where packed bytes come from, piece by piece: the border that lets one Unpacker read from a file
// and from a member inside of another archive alike. Not thread-safe.
class PackedSource {
 public:
  virtual ~PackedSource() = default;

  // The next piece (at most 64 KB), owned by this and valid until the next call; empty at the end.
  // Blocks for the disk.
  virtual absl::StatusOr<absl::string_view> Next() = 0;
};

// A file, open until destruction. NOT_FOUND and others name the path.
absl::StatusOr<std::unique_ptr<PackedSource>> OpenPackedFile(std::string const& path);

// Bytes in memory, which must outlive it.
std::unique_ptr<PackedSource> PackedBytes(absl::string_view bytes);

// The `data.tar.*` member of a .deb, as it is packed: deb(5) makes it the third member of an ar
// archive, here the first of that name is taken. DATA_LOSS when the file is not a whole ar archive,
// INVALID_ARGUMENT when it holds no such member.
absl::StatusOr<std::unique_ptr<PackedSource>> OpenDebData(std::string const& path);

}  // namespace probefarm
