#include "coordinator/feeds/debian/version_compare.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace probefarm::debian {
namespace {

struct Version {
  absl::string_view epoch;
  absl::string_view upstream;
  absl::string_view revision;
};

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

Version Split(absl::string_view text) {
  Version version;
  size_t const colon = text.find(':');
  if (colon != absl::string_view::npos) {
    version.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  size_t const dash = text.rfind('-');
  version.upstream = text.substr(0, dash);
  if (dash != absl::string_view::npos) version.revision = text.substr(dash + 1);
  return version;
}

// `~` before the end of a part, the end before letters, letters before everything else.
int Weight(absl::string_view rest) {
  if (rest.empty() || IsDigit(rest.front())) return 0;
  auto const c = static_cast<unsigned char>(rest.front());
  if (c == '~') return -1;
  return absl::ascii_isalpha(c) ? c : c + 256;
}

bool AtNonDigit(absl::string_view rest) { return !rest.empty() && !IsDigit(rest.front()); }

int CompareNonDigits(absl::string_view& a, absl::string_view& b) {
  while (AtNonDigit(a) || AtNonDigit(b)) {
    int const difference = Weight(a) - Weight(b);
    if (difference != 0) return difference;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return 0;
}

absl::string_view TakeNumber(absl::string_view& rest) {
  auto const end = std::find_if_not(rest.begin(), rest.end(), IsDigit);
  absl::string_view number = rest.substr(0, static_cast<size_t>(end - rest.begin()));
  rest.remove_prefix(number.size());
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

// Numbers of any length: without leading zeros, the longer one is the greater.
int CompareNumbers(absl::string_view& a, absl::string_view& b) {
  absl::string_view const x = TakeNumber(a);
  absl::string_view const y = TakeNumber(b);
  if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
  return x.compare(y);
}

int ComparePart(absl::string_view a, absl::string_view b) {
  while (!a.empty() || !b.empty()) {
    if (int const difference = CompareNonDigits(a, b); difference != 0) return difference;
    if (int const difference = CompareNumbers(a, b); difference != 0) return difference;
  }
  return 0;
}

}  // namespace

int CompareVersions(absl::string_view a, absl::string_view b) {
  Version const x = Split(a);
  Version const y = Split(b);
  if (int const difference = ComparePart(x.epoch, y.epoch); difference != 0) return difference;
  if (int const difference = ComparePart(x.upstream, y.upstream); difference != 0)
    return difference;
  return ComparePart(x.revision, y.revision);
}

}  // namespace probefarm::debian
