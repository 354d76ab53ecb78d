#pragma once

#include <rapidjson/fwd.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// A value of a JSON document with the path that leads to it, for reading untrusted documents: no
// method throws, and each error is INVALID_ARGUMENT and names the path ("headers[0].file.size").
// Points into the document, and to the value that it was taken from: both must outlive it. Cheap to
// copy; thread-safe.
//
//   RETURN_IF_ERROR(value.CheckKeys({"name", "size"}));
//   ASSIGN_OR_RETURN(input.name, value.At("name").String());
//   ASSIGN_OR_RETURN(input.size, value.At("size").Int(1, kMaxInputBytes));
class JsonValue {
 public:
  explicit JsonValue(rapidjson::Value const& document) : value_(&document) {}

  // An object with these keys, each once, and no others? Quickest when they stand in this order.
  absl::Status CheckKeys(std::initializer_list<char const*> keys) const;
  // Of an object that CheckKeys() or Keys() has found to have the key. Else null, refused by all
  // below.
  JsonValue At(char const* key) const;
  // Of an object with at most `max` keys, each once, whatever they are. In the order of their
  // bytes.
  absl::StatusOr<std::vector<std::string>> Keys(size_t max) const;
  // Of an array of at most `max` elements.
  absl::StatusOr<std::vector<JsonValue>> Elements(size_t max) const;

  // The value, of exactly this type: "7" is no number and 7 no string. Both bounds are included.
  absl::StatusOr<std::string> String() const;                   // UTF-8, and may hold NUL
  absl::StatusOr<int64_t> Int(int64_t min, int64_t max) const;  // 1.0 and 1e3 are no integers
  absl::StatusOr<double> Number(double min, double max) const;  // an integer, too

  // "<path>: <message>", for what a caller finds wrong with the value.
  absl::Status Refuse(absl::string_view message) const;
  // OK when `finding` is; else refused with its message.
  absl::Status Check(absl::Status const& finding) const;

 private:
  JsonValue(rapidjson::Value const& value, JsonValue const& parent, char const* key, size_t index)
      : value_(&value), parent_(&parent), key_(key), index_(index) {}

  // Only asked for when something is wrong. Empty for the document itself.
  std::string Path() const;

  rapidjson::Value const* value_;
  JsonValue const* parent_ = nullptr;
  char const* key_ = nullptr;  // null: an element
  size_t index_ = 0;
};

}  // namespace probefarm
