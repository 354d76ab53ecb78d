#include "lib/build/json_value.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr size_t kLongestQuotedKey = 100;

std::string Quoted(absl::string_view key) {
  return absl::StrCat("'", absl::Utf8SafeCHexEscape(key.substr(0, kLongestQuotedKey)), "'");
}

bool FitsInt64(nlohmann::json const& value) {
  return !value.is_number_unsigned() ||
         value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
}

}  // namespace

std::string JsonValue::Path() const {
  if (parent_ == nullptr) return "";
  std::string const above = parent_->Path();
  if (key_ == nullptr) return absl::StrCat(above, "[", index_, "]");
  return above.empty() ? key_ : absl::StrCat(above, ".", key_);
}

absl::Status JsonValue::CheckKeys(std::initializer_list<char const*> keys) const {
  if (!value_->is_object()) return Refuse("is not an object");
  for (char const* const key : keys) {
    if (!value_->contains(key)) return Refuse(absl::StrCat("has no key ", Quoted(key)));
  }
  for (auto const& [name, ignored] : value_->items()) {
    bool const known = std::any_of(keys.begin(), keys.end(),
                                   [&name = name](char const* key) { return name == key; });
    if (!known) return Refuse(absl::StrCat("has the unknown key ", Quoted(name)));
  }
  return absl::OkStatus();
}

JsonValue JsonValue::At(char const* key) const { return JsonValue(value_->at(key), *this, key, 0); }

absl::StatusOr<std::vector<std::string>> JsonValue::Keys(size_t max) const {
  if (!value_->is_object()) return Refuse("is not an object");
  if (value_->size() > max) return Refuse(absl::StrCat("has more than ", max, " keys"));
  std::vector<std::string> keys;
  for (auto const& [name, ignored] : value_->items()) keys.push_back(name);
  return keys;
}

absl::StatusOr<std::vector<JsonValue>> JsonValue::Elements(size_t max) const {
  if (!value_->is_array()) return Refuse("is not an array");
  if (value_->size() > max) return Refuse(absl::StrCat("has more than ", max, " elements"));
  std::vector<JsonValue> elements;
  for (nlohmann::json const& element : *value_)
    elements.push_back(JsonValue(element, *this, nullptr, elements.size()));
  return elements;
}

absl::StatusOr<std::string> JsonValue::String() const {
  if (!value_->is_string()) return Refuse("is not a string");
  return value_->get<std::string>();
}

absl::StatusOr<int64_t> JsonValue::Int(int64_t min, int64_t max) const {
  if (!value_->is_number_integer()) return Refuse("is not an integer");
  if (!FitsInt64(*value_) || value_->get<int64_t>() < min || value_->get<int64_t>() > max)
    return Refuse(absl::StrCat("is not from ", min, " to ", max));
  return value_->get<int64_t>();
}

absl::StatusOr<double> JsonValue::Number(double min, double max) const {
  if (!value_->is_number()) return Refuse("is not a number");
  double const number = value_->get<double>();
  if (!(number >= min && number <= max))
    return Refuse(absl::StrCat("is not from ", min, " to ", max));
  return number;
}

absl::Status JsonValue::Refuse(absl::string_view message) const {
  std::string const path = Path();
  return absl::InvalidArgumentError(
      absl::StrCat(path.empty() ? "the document" : path, ": ", message));
}

absl::Status JsonValue::Check(absl::Status const& finding) const {
  return finding.ok() ? finding : Refuse(finding.message());
}

}  // namespace probefarm
