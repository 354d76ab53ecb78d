#include "lib/build/json_value.h"

#include <rapidjson/document.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr size_t kLongestQuotedKey = 100;

std::string Quoted(absl::string_view key) {
  return absl::StrCat("'", absl::Utf8SafeCHexEscape(key.substr(0, kLongestQuotedKey)), "'");
}

absl::string_view TextOf(rapidjson::Value const& value) {
  return {value.GetString(), value.GetStringLength()};
}

bool AreTheKeysInOrder(rapidjson::Value const& object, std::initializer_list<char const*> keys) {
  return std::equal(keys.begin(), keys.end(), object.MemberBegin(), object.MemberEnd(),
                    [](char const* key, auto const& member) { return TextOf(member.name) == key; });
}

size_t Count(rapidjson::Value const& object, absl::string_view key) {
  return static_cast<size_t>(
      std::count_if(object.MemberBegin(), object.MemberEnd(),
                    [key](auto const& member) { return TextOf(member.name) == key; }));
}

bool IsOneOf(std::initializer_list<char const*> keys, absl::string_view name) {
  return std::any_of(keys.begin(), keys.end(), [name](char const* key) { return name == key; });
}

// A key that stands twice would let two readers see two documents.
std::string StandsTwice(absl::string_view key) {
  return absl::StrCat("the key ", Quoted(key), " stands twice");
}

}  // namespace

std::string JsonValue::Path() const {
  if (parent_ == nullptr) return "";
  std::string const above = parent_->Path();
  if (key_ == nullptr) return absl::StrCat(above, "[", index_, "]");
  return above.empty() ? key_ : absl::StrCat(above, ".", key_);
}

absl::Status JsonValue::CheckKeys(std::initializer_list<char const*> keys) const {
  if (!value_->IsObject()) return Refuse("is not an object");
  if (AreTheKeysInOrder(*value_, keys)) return absl::OkStatus();
  for (char const* const key : keys) {
    size_t const count = Count(*value_, key);
    if (count == 0) return Refuse(absl::StrCat("has no key ", Quoted(key)));
    if (count > 1) return Refuse(StandsTwice(key));
  }
  for (auto const& member : value_->GetObject()) {
    if (absl::string_view const name = TextOf(member.name); !IsOneOf(keys, name))
      return Refuse(absl::StrCat("has the unknown key ", Quoted(name)));
  }
  return absl::OkStatus();
}

JsonValue JsonValue::At(char const* key) const {
  static auto const& null = *new rapidjson::Value;
  if (!value_->IsObject()) return {null, *this, key, 0};
  auto const member = value_->FindMember(key);
  return {member == value_->MemberEnd() ? null : member->value, *this, key, 0};
}

absl::StatusOr<std::vector<std::string>> JsonValue::Keys(size_t max) const {
  if (!value_->IsObject()) return Refuse("is not an object");
  if (value_->MemberCount() > max) return Refuse(absl::StrCat("has more than ", max, " keys"));
  std::vector<std::string> keys;
  for (auto const& member : value_->GetObject()) keys.emplace_back(TextOf(member.name));
  std::sort(keys.begin(), keys.end());
  auto const twice = std::adjacent_find(keys.begin(), keys.end());
  if (twice != keys.end()) return Refuse(StandsTwice(*twice));
  return keys;
}

absl::StatusOr<std::vector<JsonValue>> JsonValue::Elements(size_t max) const {
  if (!value_->IsArray()) return Refuse("is not an array");
  if (value_->Size() > max) return Refuse(absl::StrCat("has more than ", max, " elements"));
  std::vector<JsonValue> elements;
  for (rapidjson::Value const& element : value_->GetArray())
    elements.push_back(JsonValue(element, *this, nullptr, elements.size()));
  return elements;
}

absl::StatusOr<std::string> JsonValue::String() const {
  if (!value_->IsString()) return Refuse("is not a string");
  return std::string(TextOf(*value_));
}

absl::StatusOr<int64_t> JsonValue::Int(int64_t min, int64_t max) const {
  if (!value_->IsInt64() && !value_->IsUint64()) return Refuse("is not an integer");
  if (!value_->IsInt64() || value_->GetInt64() < min || value_->GetInt64() > max)
    return Refuse(absl::StrCat("is not from ", min, " to ", max));
  return value_->GetInt64();
}

absl::StatusOr<double> JsonValue::Number(double min, double max) const {
  if (!value_->IsNumber()) return Refuse("is not a number");
  double const number = value_->GetDouble();
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
