#include <yaml-cpp/yaml.h>

#include <map>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/config/byte_size.h"
#include "lib/config/yaml_document.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {
namespace {

using Presence = YamlMapping::Presence;

constexpr size_t kLongestQuoted = 60;

std::string Quoted(absl::string_view word) {
  return absl::StrCat("'", absl::Utf8SafeCHexEscape(word.substr(0, kLongestQuoted)), "'");
}

std::string Format(int64_t value) { return absl::StrCat(value); }
std::string Format(double value) { return absl::StrCat(value); }
std::string Format(absl::Duration value) { return absl::FormatDuration(value); }

std::optional<int64_t> ParseInt(absl::string_view word) {
  int64_t value = 0;
  return absl::SimpleAtoi(word, &value) ? std::optional(value) : std::nullopt;
}

std::optional<double> ParseDouble(absl::string_view word) {
  double value = 0;
  return absl::SimpleAtod(word, &value) ? std::optional(value) : std::nullopt;
}

std::optional<absl::Duration> ParseDuration(absl::string_view word) {
  absl::Duration value;
  return absl::ParseDuration(word, &value) ? std::optional(value) : std::nullopt;
}

template <class T>
Presence PresenceOf(std::optional<T> const& default_value) {
  return default_value.has_value() ? Presence::kOptional : Presence::kRequired;
}

}  // namespace

struct YamlMapping::Contents {
  struct Value {
    int line;
    YAML::Node node;
  };

  YamlDocument& document;
  std::string path;
  int line;
  std::map<std::string, Value> values;
  std::set<std::string> asked;
  std::set<std::string> failed;
};

YamlMapping::YamlMapping(YAML::Node const& node, std::string path, int line, YamlDocument& document)
    : contents_(new Contents{document, std::move(path), line, {}, {}, {}}) {
  for (auto const& entry : node) {
    YAML::Node const& key = entry.first;
    int const key_line = LineOf(key);
    if (!document.CountValue(key_line)) return;
    if (!key.IsScalar()) {
      document.errors().Add(key_line, contents_->path, "a key is not a word");
    } else if (!contents_->values.emplace(key.Scalar(), Contents::Value{key_line, entry.second})
                    .second) {
      document.errors().Add(key_line, PathOf(key.Scalar()), "stands twice");
    }
  }
}

YamlMapping::~YamlMapping() = default;

std::string YamlMapping::PathOf(absl::string_view key) const {
  return absl::StrCat(contents_->path, contents_->path.empty() ? "" : ".", key);
}

YAML::Node const* YamlMapping::Find(absl::string_view key, Presence presence) {
  std::string const name(key);
  auto const found = contents_->values.find(name);
  bool const present = found != contents_->values.end();
  contents_->asked.insert(name);
  contents_->document.NoteAsked(PathOf(key), present);
  if (present) return &found->second.node;
  if (presence == Presence::kRequired) Error(key, "is missing");
  return nullptr;
}

bool YamlMapping::Has(absl::string_view key) { return Find(key, Presence::kOptional) != nullptr; }

bool YamlMapping::HasMapping(absl::string_view key) {
  YAML::Node const* const node = Find(key, Presence::kOptional);
  return node != nullptr && node->IsMap();
}

std::optional<std::string> YamlMapping::Word(absl::string_view key, Presence presence) {
  YAML::Node const* const node = Find(key, presence);
  if (node == nullptr) return std::nullopt;
  if (node->IsScalar()) return node->Scalar();
  Error(key, node->IsNull() ? "is empty" : "is not a single value");
  return std::nullopt;
}

template <class T>
T YamlMapping::Bounded(absl::string_view key, T min, T max, std::optional<T> const& default_value,
                       std::optional<T> (*parse)(absl::string_view), absl::string_view what) {
  std::optional<std::string> const word = Word(key, PresenceOf(default_value));
  T const fallback = default_value.value_or(T());
  if (!word.has_value()) return fallback;
  std::optional<T> const value = parse(*word);
  if (!value.has_value()) {
    Error(key, absl::StrCat(Quoted(*word), " is not ", what));
    return fallback;
  }
  // NaN is not in any bounds.
  if (*value >= min && *value <= max) return *value;
  Error(key, absl::StrCat(Quoted(*word), " is not from ", Format(min), " to ", Format(max)));
  return fallback;
}

std::string YamlMapping::String(absl::string_view key, std::optional<std::string> default_value) {
  std::optional<std::string> word = Word(key, PresenceOf(default_value));
  return word.has_value() ? *std::move(word) : std::move(default_value).value_or("");
}

int64_t YamlMapping::Int(absl::string_view key, int64_t min, int64_t max,
                         std::optional<int64_t> default_value) {
  return Bounded(key, min, max, default_value, ParseInt, "a whole number");
}

double YamlMapping::Double(absl::string_view key, double min, double max,
                           std::optional<double> default_value) {
  return Bounded(key, min, max, default_value, ParseDouble, "a number");
}

absl::Duration YamlMapping::Duration(absl::string_view key, absl::Duration min, absl::Duration max,
                                     std::optional<absl::Duration> default_value) {
  return Bounded(key, min, max, default_value, ParseDuration, "a duration such as 30s or 1h30m");
}

int64_t YamlMapping::Bytes(absl::string_view key, int64_t min, int64_t max,
                           std::optional<int64_t> default_value) {
  return Bounded(key, min, max, default_value, ParseByteSize, "a size such as 512MB or 2GB");
}

bool YamlMapping::Bool(absl::string_view key, std::optional<bool> default_value) {
  std::optional<std::string> const word = Word(key, PresenceOf(default_value));
  if (word == "true") return true;
  if (word == "false") return false;
  if (word.has_value()) Error(key, absl::StrCat(Quoted(*word), " is neither true nor false"));
  return default_value.value_or(false);
}

std::vector<std::string> YamlMapping::Strings(
    absl::string_view key, std::optional<std::vector<std::string>> default_value) {
  YAML::Node const* const node = Find(key, PresenceOf(default_value));
  if (node != nullptr && !node->IsSequence()) Error(key, "is not a list");
  std::vector<std::string> words;
  if (node == nullptr || !node->IsSequence()) return std::move(default_value).value_or(words);
  for (YAML::Node const& element : *node) {
    if (!contents_->document.CountValue(LineOf(element))) break;
    if (!element.IsScalar()) {
      Error(key, absl::StrCat("element ", words.size() + 1, " is not a single value"));
      break;
    }
    words.push_back(element.Scalar());
  }
  return words;
}

void YamlMapping::Mapping(absl::string_view key, Presence presence, Reader const& read) {
  YAML::Node const* const node = Find(key, presence);
  if (node == nullptr) return;
  if (!node->IsMap()) {
    Error(key, "is not a mapping of keys to values");
    return;
  }
  contents_->document.ReadMapping(*node, PathOf(key), LineOf(*node), read);
}

void YamlMapping::Mappings(absl::string_view key, Presence presence, Reader const& read) {
  YAML::Node const* const node = Find(key, presence);
  if (node == nullptr) return;
  if (!node->IsSequence()) {
    Error(key, "is not a list");
    return;
  }
  YamlDocument& document = contents_->document;
  size_t index = 0;
  for (YAML::Node const& element : *node) {
    int const line = LineOf(element);
    std::string const path = absl::StrCat(PathOf(key), "[", index++, "]");
    if (!document.CountValue(line)) return;
    if (element.IsMap()) {
      document.ReadMapping(element, path, line, read);
    } else {
      document.errors().Add(line, path, "is not a mapping of keys to values");
    }
  }
}

void YamlMapping::Error(absl::string_view key, absl::string_view message) {
  std::string const name(key);
  if (!contents_->failed.insert(name).second) return;
  auto const found = contents_->values.find(name);
  int const line = found == contents_->values.end() ? contents_->line : found->second.line;
  contents_->document.errors().Add(line, PathOf(key), message);
}

void YamlMapping::Check(absl::string_view key, absl::Status const& finding) {
  if (finding.ok()) return;
  Error(key, absl::string_view(finding.message()));
}

void YamlMapping::ReportUnknownKeys() {
  for (auto const& [key, value] : contents_->values) {
    if (!contents_->asked.contains(key)) Error(key, "is not a known key");
  }
}

}  // namespace probefarm
