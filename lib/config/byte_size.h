#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace probefarm {

// "1048576", "512KB", "16MB", "2GB", "1TB" as bytes; units are powers of 1024, in upper case and
// without a space before them. Nothing for other text ("1.5GB", "2 GB", "2gb", "-1", "") and for
// what does not fit into 63 bits. Pure.
std::optional<int64_t> ParseByteSize(absl::string_view text);

}  // namespace probefarm
