#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "lib/http/http_client.h"

namespace probefarm {

// The body of a request on its way out, from memory or from a source. Not thread-safe. `request`
// outlives it.
class RequestBody {
 public:
  explicit RequestBody(HttpRequest const& request);

  // Whether the request has a body at all, of zero bytes perhaps: a POST, PUT or PATCH always has,
  // since servers want its length.
  bool exists() const { return exists_; }
  // Its bytes; -1: not known before the end.
  int64_t size() const { return size_; }

  // Fills `buffer`; 0 at the end. INVALID_ARGUMENT when the source ends before the size announced,
  // which would leave the server waiting for the rest; what a source has beyond it is not asked
  // for. The source's own errors as they are.
  absl::StatusOr<size_t> Read(char* buffer, size_t capacity);

 private:
  absl::StatusOr<size_t> ReadPiece(char* buffer, size_t capacity);

  HttpRequest const& request_;
  bool const exists_;
  int64_t const size_;
  int64_t read_ = 0;
};

}  // namespace probefarm
