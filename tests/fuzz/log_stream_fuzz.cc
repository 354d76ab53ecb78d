// The decoder of the engine's log stream: the same bytes in one piece and in pieces give the same
// payload and the same end, and no more payload than there were bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "worker/engine/log_stream.h"

namespace probefarm {
namespace {

struct Decoded {
  std::string text;
  bool ok = true;
};

Decoded Decode(absl::string_view stream, size_t piece) {
  Decoded decoded;
  LogStreamDecoder decoder([&](absl::string_view bytes) {
    absl::StrAppend(&decoded.text, bytes);
    return absl::OkStatus();
  });
  for (; decoded.ok && !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
    decoded.ok = decoder.Decode(stream.substr(0, piece)).ok();
  }
  decoded.ok = decoded.ok && decoder.Finish().ok();
  return decoded;
}

}  // namespace
}  // namespace probefarm

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  if (size == 0) return 0;
  absl::string_view const stream(reinterpret_cast<char const*>(data), size);
  size_t const piece = size_t{data[0]} % 16 + 1;
  probefarm::Decoded const whole = probefarm::Decode(stream, size);
  probefarm::Decoded const pieces = probefarm::Decode(stream, piece);
  if (whole.ok != pieces.ok || whole.text != pieces.text || whole.text.size() > size) std::abort();
  return 0;
}
