#include "coordinator/api/session_token.h"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>

#include "lib/digest/hex.h"
#include "lib/runtime/log.h"

namespace probefarm {

std::string NewSessionToken() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) {
    // Without randomness nothing that follows can be safe.
    Log(LogLevel::kError, "the system gives no random bytes");
    std::abort();
  }
  return ToHex({reinterpret_cast<char const*>(bytes.data()), bytes.size()});
}

}  // namespace probefarm
