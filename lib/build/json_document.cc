#include "lib/build/json_document.h"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <cmath>
#include <utility>

#include "absl/strings/charconv.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/build/utf8.h"

namespace probefarm {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 20;
// Enough for a usual build spec.
constexpr size_t kChunkBytes = size_t{8} << 10;
constexpr size_t kStackBytes = size_t{2} << 10;

// In place, strings are not copied one by one.
constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                            rapidjson::kParseNumbersAsStringsFlag;

// Where RapidJSON 1.1.0 cannot be trusted with text from outside: it takes "\udc00" for a character
// and, at full precision, reads beyond its table of powers (300 digits and e300).
class Builder : public rapidjson::Document {
 public:
  explicit Builder(AllocatorType* memory) : GenericDocument(memory, kStackBytes) {}

  // The parser's, which calls those of Document for all else.
  bool Key(char const* text, rapidjson::SizeType size, bool copy) {
    return String(text, size, copy);
  }
  bool String(char const* text, rapidjson::SizeType size, bool copy) {
    if (!IsUtf8(absl::string_view(text, size)))
      return Refuse(rapidjson::kParseErrorStringInvalidEncoding);
    return GenericDocument::String(text, size, copy);
  }
  bool RawNumber(char const* text, rapidjson::SizeType size, bool) {
    absl::string_view const number(text, size);
    int64_t whole = 0;
    if (absl::SimpleAtoi(number, &whole)) return Int64(whole);
    uint64_t large = 0;
    return absl::SimpleAtoi(number, &large) ? Uint64(large) : Fraction(number);
  }

  rapidjson::ParseErrorCode refused() const { return refused_; }

 private:
  bool Fraction(absl::string_view number) {
    double value = 0;
    auto const read = absl::from_chars(number.data(), number.data() + number.size(), value);
    // Too small is out of range, too, and gives what is nearest.
    if (read.ec == std::errc::result_out_of_range && std::abs(value) > 1)
      return Refuse(rapidjson::kParseErrorNumberTooBig);
    return Double(value);
  }
  bool Refuse(rapidjson::ParseErrorCode why) {
    refused_ = why;
    return false;
  }

  rapidjson::ParseErrorCode refused_ = rapidjson::kParseErrorNone;
};

absl::Status NotJson(absl::string_view why, size_t byte) {
  return absl::InvalidArgumentError(
      absl::StrCat("not JSON: ", absl::StripSuffix(why, "."), " at byte ", byte));
}

absl::Status Parse(char* text, Builder& builder) {
  rapidjson::InsituStringStream in(text);
  rapidjson::Reader reader;
  auto parse = [&](rapidjson::Document&) { return !reader.Parse<kFlags>(in, builder).IsError(); };
  builder.Populate(parse);
  if (!reader.HasParseError()) return absl::OkStatus();
  rapidjson::ParseErrorCode const why = builder.refused() != rapidjson::kParseErrorNone
                                            ? builder.refused()
                                            : reader.GetParseErrorCode();
  return NotJson(rapidjson::GetParseError_En(why), reader.GetErrorOffset());
}

}  // namespace

absl::StatusOr<JsonDocument> ParseJson(absl::string_view text) {
  if (text.size() > kMaxBytes)
    return absl::InvalidArgumentError("the document is larger than 1 MB");
  // RapidJSON would take it for the end of the text.
  if (size_t const nul = text.find('\0'); nul != absl::string_view::npos)
    return NotJson("a NUL", nul);
  JsonDocument document;
  document.text_ = std::make_unique<char[]>(text.size() + 1);
  text.copy(document.text_.get(), text.size());
  document.memory_ = std::make_unique<rapidjson::Value::AllocatorType>(kChunkBytes);
  Builder builder(document.memory_.get());
  absl::Status const parsed = Parse(document.text_.get(), builder);
  if (!parsed.ok()) return parsed;
  document.root_.Swap(builder);
  return document;
}

}  // namespace probefarm
