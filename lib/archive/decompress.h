#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// Decompresses a plain, gz, xz or zst file in pieces (a package index), whatever its name says,
// into `sink`, whose error ends the reading. RESOURCE_EXHAUSTED beyond `max_bytes` out; DATA_LOSS
// for a truncated or broken file (a gz's own checksum is not looked at: what is downloaded is known
// by its SHA-256); INVALID_ARGUMENT for one compressed twice. All name the path. Thread-safe.
absl::Status DecompressFile(std::string const& path, int64_t max_bytes,
                            std::function<absl::Status(absl::string_view)> const& sink);

}  // namespace probefarm
