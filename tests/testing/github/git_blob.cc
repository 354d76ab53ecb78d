#include "tests/testing/github/git_blob.h"

#include <openssl/evp.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "lib/digest/hex.h"

namespace probefarm::fake_github {

std::string GitBlobSha(absl::string_view content) {
  std::string const blob =
      absl::StrCat("blob ", content.size(), absl::string_view("\0", 1), content);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_Digest(blob.data(), blob.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return ToHex({reinterpret_cast<char const*>(digest.data()), size});
}

}  // namespace probefarm::fake_github
