#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "coordinator/feeds/debian/version_compare.h"

using probefarm::debian::CompareVersions;

// Three versions, with spaces between them, must have an order.
extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  absl::string_view const text(reinterpret_cast<char const*>(data), size);
  size_t const first = text.find(' ');
  if (first == absl::string_view::npos) return 0;
  absl::string_view const a = text.substr(0, first);
  absl::string_view const rest = text.substr(first + 1);
  absl::string_view const b = rest.substr(0, rest.find(' '));
  absl::string_view const c = b.size() < rest.size() ? rest.substr(b.size() + 1) : b;
  if ((CompareVersions(a, b) < 0) != (CompareVersions(b, a) > 0)) std::abort();
  if (CompareVersions(a, a) != 0) std::abort();
  if (CompareVersions(a, b) <= 0 && CompareVersions(b, c) <= 0 && CompareVersions(a, c) > 0)
    std::abort();
  return 0;
}
