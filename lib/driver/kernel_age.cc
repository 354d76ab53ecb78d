#include "lib/driver/kernel_age.h"

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace probefarm {
namespace {

bool StartsWithDigit(absl::string_view text) {
  return !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text[0]));
}

// Takes the digits at the start of `text`, without zeros in front: numbers may be of any length.
absl::string_view TakeNumber(absl::string_view& text) {
  size_t length = 0;
  while (StartsWithDigit(text.substr(length))) ++length;
  absl::string_view number = text.substr(0, length);
  text.remove_prefix(length);
  while (absl::ConsumePrefix(&number, "0")) {
  }
  return number;
}

int CompareNumbers(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

}  // namespace

bool IsOlderKernel(absl::string_view a, absl::string_view b) {
  absl::string_view left = a;
  absl::string_view right = b;
  while (!left.empty() && !right.empty()) {
    int order = 0;
    if (StartsWithDigit(left) && StartsWithDigit(right)) {
      absl::string_view const number = TakeNumber(left);
      order = CompareNumbers(number, TakeNumber(right));
    } else {
      order = left.substr(0, 1).compare(right.substr(0, 1));
      left.remove_prefix(1);
      right.remove_prefix(1);
    }
    if (order != 0) return order < 0;
  }
  if (left.empty() != right.empty()) return left.empty();
  return a < b;
}

}  // namespace probefarm
