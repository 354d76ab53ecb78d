#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// A piece of a log as a store keeps it.
struct LogPiece {
  std::string bytes;
  std::optional<int64_t> size;  // before compression (zstd); nullopt: the bytes are as they came
};

// Compressed, where that makes it smaller. Pure. Quick: some 300 MB a second.
LogPiece PackLog(absl::string_view bytes);
// The reverse. DATA_LOSS for bytes that are no such piece, or do not have that size.
absl::StatusOr<std::string> UnpackLog(absl::string_view bytes, std::optional<int64_t> size);

}  // namespace probefarm
