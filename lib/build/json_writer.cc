#include "lib/build/json_writer.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "lib/build/utf8.h"

namespace probefarm {
namespace {

// More than a usual build spec.
constexpr size_t kUsualBytes = 2000;

// What is rare is written by what wrote the documents that exist.
std::string Dump(nlohmann::json const& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

constexpr uint64_t EightOf(unsigned char byte) { return uint64_t{0x0101010101010101} * byte; }

// Has the highest bit of some byte set when, and only when, a byte of `eight` is less than `bound`.
uint64_t AnyBelow(uint64_t eight, unsigned char bound) { return (eight - EightOf(bound)) & ~eight; }

bool ArePlain(uint64_t eight) {
  uint64_t const quote = AnyBelow(eight ^ EightOf('"'), 1);
  uint64_t const backslash = AnyBelow(eight ^ EightOf('\\'), 1);
  return ((eight | AnyBelow(eight, ' ') | quote | backslash) & EightOf(0x80)) == 0;
}

// ASCII with nothing to escape? That is nearly all text, so it is to be quick.
bool IsPlain(absl::string_view text) {
  for (; text.size() >= sizeof(uint64_t); text.remove_prefix(sizeof(uint64_t))) {
    uint64_t eight = 0;
    std::memcpy(&eight, text.data(), sizeof(eight));
    if (!ArePlain(eight)) return false;
  }
  uint64_t rest = EightOf(' ');
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  return ArePlain(rest);
}

bool IsEscaped(char c) { return static_cast<unsigned char>(c) < ' ' || c == '"' || c == '\\'; }

void AppendEscape(char c, std::string& out) {
  constexpr absl::string_view kNamed = "\"\\\b\f\n\r\t";
  constexpr absl::string_view kNames = "\"\\bfnrt";
  if (size_t const at = kNamed.find(c); at != absl::string_view::npos) {
    out += '\\';
    out += kNames[at];
  } else {
    absl::StrAppend(&out, "\\u", absl::Hex(c, absl::kZeroPad4));
  }
}

}  // namespace

JsonWriter::JsonWriter() { document_.reserve(kUsualBytes); }

void JsonWriter::Separate() {
  if (!first_) document_ += ',';
  first_ = false;
}

void JsonWriter::Open(char bracket) {
  Separate();
  document_ += bracket;
  first_ = true;
}

void JsonWriter::Close(char bracket) {
  document_ += bracket;
  first_ = false;
}

void JsonWriter::Key(absl::string_view name) {
  String(name);
  document_ += ':';
  first_ = true;
}

void JsonWriter::String(absl::string_view text) {
  Separate();
  if (IsPlain(text)) {
    document_ += '"';
    document_.append(text.data(), text.size());
    document_ += '"';
  } else if (IsUtf8(text)) {
    document_ += '"';
    Escape(text);
    document_ += '"';
  } else {
    document_ += Dump(std::string(text));
  }
}

void JsonWriter::Escape(absl::string_view text) {
  size_t written = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!IsEscaped(text[i])) continue;
    absl::StrAppend(&document_, text.substr(written, i - written));
    AppendEscape(text[i], document_);
    written = i + 1;
  }
  absl::StrAppend(&document_, text.substr(written));
}

void JsonWriter::Int(int64_t number) {
  Separate();
  absl::StrAppend(&document_, number);
}

void JsonWriter::Double(double number) {
  Separate();
  document_ += Dump(number);
}

}  // namespace probefarm
