#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// SHA-256 (FIPS 180-4) of a stream, by OpenSSL. Not thread-safe; movable, and what was moved from
// is only to be destroyed or assigned to.
//
// Has no errors: OpenSSL can fail only without memory or without a usable installation, and then
// the process is aborted, since a digest that may be wrong is worse.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&& other) noexcept;
  Sha256& operator=(Sha256&& other) noexcept;

  // Pieces may be cut anywhere: only their sequence counts.
  void Update(absl::string_view bytes);
  // 64 lower-case hexadecimal digits. Ends the stream: no Update() after it, and no second call.
  std::string HexDigest();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Of bytes in memory, as 64 lower-case hexadecimal digits. Thread-safe.
std::string Sha256Hex(absl::string_view bytes);

// Of a file's content, read in pieces, so that its size does not matter; blocks for the disk. It is
// the caller's business that nobody writes to it meanwhile. NOT_FOUND (there is no such file) or
// UNAVAILABLE (anything else) name the path. Thread-safe.
absl::StatusOr<std::string> Sha256OfFile(std::string const& path);

}  // namespace probefarm
