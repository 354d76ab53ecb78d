#include "lib/http/request_body.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

bool MethodHasBody(std::string const& method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

RequestBody::RequestBody(HttpRequest const& request)
    : request_(request),
      exists_(request.body_source || !request.body.empty() || MethodHasBody(request.method)),
      size_(request.body_source ? request.body_size : static_cast<int64_t>(request.body.size())) {}

absl::StatusOr<size_t> RequestBody::Read(char* buffer, size_t capacity) {
  if (size_ >= 0) capacity = std::min(capacity, static_cast<size_t>(size_ - read_));
  if (capacity == 0) return 0;
  ASSIGN_OR_RETURN(size_t const got, ReadPiece(buffer, capacity));
  if (got == 0 && size_ >= 0)
    return absl::InvalidArgumentError(
        absl::StrCat("the body ended after ", read_, " of ", size_, " bytes"));
  read_ += static_cast<int64_t>(got);
  return got;
}

absl::StatusOr<size_t> RequestBody::ReadPiece(char* buffer, size_t capacity) {
  if (request_.body_source) return request_.body_source(buffer, capacity);
  return request_.body.copy(buffer, capacity, static_cast<size_t>(read_));
}

}  // namespace probefarm
