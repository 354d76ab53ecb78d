#include "lib/digest/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/hex.h"

namespace probefarm {
namespace {

constexpr size_t kPieceBytes = size_t{256} << 10;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// OpenSSL fails here only without memory or without SHA-256. A digest that may be wrong is worse
// than an end.
void MustSucceed(bool success) {
  if (success) return;
  std::fputs("OpenSSL cannot compute SHA-256: out of memory, or not a usable installation\n",
             stderr);
  std::abort();
}

// Looked up once: EVP_sha256() has each digest look for its implementation, behind a lock.
EVP_MD const* Algorithm() {
  static EVP_MD const* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

absl::Status FileError(absl::string_view doing, std::string const& path, int error) {
  std::string const message = absl::StrCat(doing, " ", path, ": ", std::strerror(error));
  return error == ENOENT ? absl::NotFoundError(message) : absl::UnavailableError(message);
}

}  // namespace

struct Sha256::Context {
  std::unique_ptr<EVP_MD_CTX, FreeContext> evp{EVP_MD_CTX_new()};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  MustSucceed(context_->evp != nullptr && Algorithm() != nullptr &&
              EVP_DigestInit_ex(context_->evp.get(), Algorithm(), nullptr) == 1);
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(absl::string_view bytes) {
  MustSucceed(EVP_DigestUpdate(context_->evp.get(), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::HexDigest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  MustSucceed(EVP_DigestFinal_ex(context_->evp.get(), digest.data(), &size) == 1);
  return ToHex(absl::string_view(reinterpret_cast<char const*>(digest.data()), size));
}

std::string Sha256Hex(absl::string_view bytes) {
  Sha256 sha256;
  sha256.Update(bytes);
  return sha256.HexDigest();
}

absl::StatusOr<std::string> Sha256OfFile(std::string const& path) {
  std::unique_ptr<std::FILE, CloseFile> const file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) return FileError("open", path, errno);
  Sha256 sha256;
  std::vector<char> piece(kPieceBytes);
  while (size_t const read = std::fread(piece.data(), 1, piece.size(), file.get()))
    sha256.Update(absl::string_view(piece.data(), read));
  if (std::ferror(file.get()) != 0) return FileError("read", path, errno);
  return sha256.HexDigest();
}

}  // namespace probefarm
