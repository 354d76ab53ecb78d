#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "coordinator/feeds/debian/dependencies.h"

using probefarm::debian::Alternatives;
using probefarm::debian::ParseDependencies;

// What was read and written again reads the same.
extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  auto const clauses = ParseDependencies({reinterpret_cast<char const*>(data), size});
  if (!clauses.ok()) return 0;
  for (Alternatives const& clause : *clauses) {
    auto const again = ParseDependencies(ToString(clause));
    if (!again.ok() || again->size() != 1 || again->front() != clause) std::abort();
  }
  return 0;
}
