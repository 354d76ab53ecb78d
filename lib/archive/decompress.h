#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// Decompresses a plain, gz, xz or zst file in pieces (a package index), whatever its name says,
// into `sink`, whose error ends the reading. Compressed members that follow one another are one
// stream; an empty file gives nothing and is OK. The sink is called on the caller's thread, with at
// most 64 KB at a time that are valid during the call.
//
// RESOURCE_EXHAUSTED beyond `max_bytes` out, of which the sink has had no more than that; DATA_LOSS
// for a truncated or broken file (a gz's own checksum is not looked at: what is downloaded is known
// by its SHA-256); INVALID_ARGUMENT for one compressed twice; NOT_FOUND and others when it cannot
// be opened. All name the path. Thread-safe.
absl::Status DecompressFile(std::string const& path, int64_t max_bytes,
                            std::function<absl::Status(absl::string_view)> const& sink);

}  // namespace probefarm
