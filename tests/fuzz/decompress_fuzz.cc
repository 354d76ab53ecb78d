#include <cstdlib>

#include "lib/archive/decompress.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

constexpr int64_t kMaxBytes = int64_t{1} << 20;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  probefarm::FuzzInput const input(data, size);
  int64_t total = 0;
  // Whatever the bytes are, an error is a fine answer; more than was allowed is not.
  static_cast<void>(
      probefarm::DecompressFile(input.path(), kMaxBytes, [&](absl::string_view piece) {
        total += static_cast<int64_t>(piece.size());
        return absl::OkStatus();
      }));
  if (total > kMaxBytes) std::abort();
  return 0;
}
