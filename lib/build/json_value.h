#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// A value of a JSON document with the path that leads to it, for reading untrusted documents: no
// method throws, and each error is INVALID_ARGUMENT and names the path ("headers[0].file.size").
// Points into the document, which must outlive it.
class JsonValue {
 public:
  explicit JsonValue(nlohmann::json const& document) : JsonValue(document, "") {}

  // An object with these keys, no more and no fewer?
  absl::Status CheckKeys(std::initializer_list<char const*> keys) const;
  // Of an object that CheckKeys() has found to have the key.
  JsonValue At(char const* key) const;
  // Of an object with at most `max` keys, whatever they are.
  absl::StatusOr<std::vector<std::string>> Keys(size_t max) const;
  // Of an array of at most `max` elements.
  absl::StatusOr<std::vector<JsonValue>> Elements(size_t max) const;

  absl::StatusOr<std::string> String() const;
  absl::StatusOr<int64_t> Int(int64_t min, int64_t max) const;
  absl::StatusOr<double> Number(double min, double max) const;

  // "<path>: <message>", for what a caller finds wrong with the value.
  absl::Status Refuse(absl::string_view message) const;
  // OK when `finding` is; else refused with its message.
  absl::Status Check(absl::Status const& finding) const;

 private:
  JsonValue(nlohmann::json const& value, std::string path);

  nlohmann::json const* value_;
  std::string path_;  // empty for the document itself
};

}  // namespace probefarm
