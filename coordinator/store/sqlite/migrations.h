#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace probefarm {

// Of this program.
inline constexpr int64_t kSchemaVersion = 10;

// SQL, each of which brings the schema from the version of its position to the next one. Never
// changed once released. To be run without foreign keys: one may make a table anew under its name.
absl::Span<absl::string_view const> Migrations();

}  // namespace probefarm
