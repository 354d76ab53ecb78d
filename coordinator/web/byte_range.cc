#include "coordinator/web/byte_range.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace probefarm {
namespace {

constexpr char kUnit[] = "bytes=";

bool IsNumber(absl::string_view digits) {
  return !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                        [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// A position beyond every file is as good as the largest number.
int64_t ToPosition(absl::string_view digits) {
  int64_t number = 0;
  return absl::SimpleAtoi(digits, &number) ? number : std::numeric_limits<int64_t>::max();
}

RangeAnswer Suffix(int64_t wanted, int64_t size) {
  int64_t const length = std::min(wanted, size);
  if (length == 0) return UnsatisfiableRange{};
  return ByteRange{size - length, length};
}

RangeAnswer FromTo(int64_t first, int64_t last, int64_t size) {
  if (last < first) return WholeFile{};
  if (first >= size) return UnsatisfiableRange{};
  return ByteRange{first, std::min(last, size - 1) - first + 1};
}

}  // namespace

RangeAnswer ParseByteRange(absl::string_view header, int64_t size) {
  if (!absl::StartsWithIgnoreCase(header, kUnit)) return WholeFile{};
  header.remove_prefix(sizeof(kUnit) - 1);
  std::pair<absl::string_view, absl::string_view> const ends =
      absl::StrSplit(absl::StripAsciiWhitespace(header), absl::MaxSplits('-', 1));
  bool const has_dash = absl::StrContains(header, '-');
  if (has_dash && ends.first.empty() && IsNumber(ends.second))
    return Suffix(ToPosition(ends.second), size);
  if (!has_dash || !IsNumber(ends.first)) return WholeFile{};
  if (ends.second.empty())
    return FromTo(ToPosition(ends.first), std::numeric_limits<int64_t>::max(), size);
  if (!IsNumber(ends.second)) return WholeFile{};
  return FromTo(ToPosition(ends.first), ToPosition(ends.second), size);
}

}  // namespace probefarm
