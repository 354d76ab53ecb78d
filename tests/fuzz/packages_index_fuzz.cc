#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "coordinator/feeds/debian/packages_index.h"

using probefarm::debian::PackagesParser;
using probefarm::debian::PackageStanza;

namespace {

std::vector<PackageStanza> Parse(absl::string_view text, size_t piece) {
  std::vector<PackageStanza> stanzas;
  PackagesParser parser([](absl::string_view) { return true; },
                        [&](PackageStanza stanza) { stanzas.push_back(std::move(stanza)); });
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
    if (!parser.Add(text.substr(0, piece)).ok()) return stanzas;
  parser.Finish().IgnoreError();
  return stanzas;
}

}  // namespace

// How the index comes in pieces makes no difference.
extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  absl::string_view const text(reinterpret_cast<char const*>(data), size);
  if (Parse(text, 7) != Parse(text, size + 1)) std::abort();
  return 0;
}
