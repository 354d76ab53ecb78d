#include "coordinator/api/session_token.h"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "lib/digest/hex.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

constexpr size_t kPartDigits = 32;  // 128 bits

std::string RandomDigits() {
  std::array<unsigned char, kPartDigits / 2> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) {
    // Without randomness nothing that follows can be safe.
    Log(LogLevel::kError, "the system gives no random bytes");
    std::abort();
  }
  return ToHex({reinterpret_cast<char const*>(bytes.data()), bytes.size()});
}

std::string Bind(absl::string_view random_digits, absl::string_view worker) {
  return absl::StrCat(random_digits,
                      Sha256Hex(absl::StrCat(random_digits, worker)).substr(0, kPartDigits));
}

}  // namespace

std::string NewSessionToken(absl::string_view worker) { return Bind(RandomDigits(), worker); }

bool IsSessionOf(absl::string_view session, absl::string_view worker) {
  return session == Bind(session.substr(0, kPartDigits), worker);
}

}  // namespace probefarm
