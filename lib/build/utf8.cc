#include "lib/build/utf8.h"

#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>

#include <cstdint>
#include <cstring>

namespace probefarm {
namespace {

bool IsAscii(absl::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  uint64_t seen = 0;
  for (; text.size() >= sizeof(seen); text.remove_prefix(sizeof(seen))) {
    uint64_t eight = 0;
    std::memcpy(&eight, text.data(), sizeof(eight));
    seen |= eight;
  }
  for (char const c : text) seen |= static_cast<unsigned char>(c);
  return (seen & kHighBits) == 0;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  if (IsAscii(text)) return true;
  // Beyond its end the stream gives NUL, which continues no character.
  rapidjson::MemoryStream in(text.data(), text.size());
  unsigned ignored = 0;
  while (in.Tell() < text.size()) {
    if (!rapidjson::UTF8<>::Decode(in, &ignored)) return false;
  }
  return true;
}

}  // namespace probefarm
