#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "lib/index/sha256sums.h"

// What is read is written back as it was.
extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  absl::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const lines = probefarm::ParseSha256Sums(text);
  if (lines.ok() && probefarm::RenderSha256Sums(*lines).value() != text) std::abort();
  return 0;
}
