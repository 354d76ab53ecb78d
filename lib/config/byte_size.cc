#include "lib/config/byte_size.h"

#include <array>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace probefarm {
namespace {

struct Unit {
  absl::string_view suffix;
  int64_t bytes;
};

constexpr std::array<Unit, 4> kUnits = {{{"KB", int64_t{1} << 10},
                                         {"MB", int64_t{1} << 20},
                                         {"GB", int64_t{1} << 30},
                                         {"TB", int64_t{1} << 40}}};

}  // namespace

std::optional<int64_t> ParseByteSize(absl::string_view text) {
  int64_t factor = 1;
  for (Unit const& unit : kUnits) {
    if (absl::ConsumeSuffix(&text, unit.suffix)) {
      factor = unit.bytes;
      break;
    }
  }
  int64_t number = 0;
  // SimpleAtoi also takes space and signs.
  if (text.empty() || !absl::ascii_isdigit(text.front()) || !absl::ascii_isdigit(text.back()) ||
      !absl::SimpleAtoi(text, &number)) {
    return std::nullopt;
  }
  if (number > std::numeric_limits<int64_t>::max() / factor) return std::nullopt;
  return number * factor;
}

}  // namespace probefarm
