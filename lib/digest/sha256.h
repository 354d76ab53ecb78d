#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// SHA-256 of a stream, by OpenSSL. Not thread-safe; movable.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&& other) noexcept;
  Sha256& operator=(Sha256&& other) noexcept;

  void Update(absl::string_view bytes);
  // 64 lower-case hexadecimal digits. Ends the stream: no Update() after it.
  std::string HexDigest();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string Sha256Hex(absl::string_view bytes);

// Reads the file in pieces. NOT_FOUND or UNAVAILABLE name the path.
absl::StatusOr<std::string> Sha256OfFile(std::string const& path);

}  // namespace probefarm
