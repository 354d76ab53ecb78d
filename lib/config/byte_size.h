#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace probefarm {

// "1048576", "512KB", "16MB", "2GB", "1TB" as bytes; units are powers of 1024. Nothing for other
// text and for what does not fit.
std::optional<int64_t> ParseByteSize(absl::string_view text);

}  // namespace probefarm
