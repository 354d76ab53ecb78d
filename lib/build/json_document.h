#pragma once

#include <rapidjson/document.h>

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// A JSON document in memory. Movable; what points to root() ends with a move.
class JsonDocument {
 public:
  rapidjson::Value const& root() const { return root_; }

 private:
  friend absl::StatusOr<JsonDocument> ParseJson(absl::string_view text);

  std::unique_ptr<char[]> text_;  // holds the strings
  std::unique_ptr<rapidjson::Value::AllocatorType> memory_;
  rapidjson::Value root_;
};

// Reads JSON (RFC 8259) from outside, at most 1 MB of it. Neither reading nor destroying recurses,
// so depth does not matter. INVALID_ARGUMENT says "not JSON", why, and at which byte: also of text
// or escapes that are not UTF-8 (lone surrogates) and of numbers that no double holds (1e400).
// Integers within 64 bits stay integers, other numbers become the nearest double. Keys that stand
// twice are kept: JsonValue refuses them. Pure.
absl::StatusOr<JsonDocument> ParseJson(absl::string_view text);

}  // namespace probefarm
