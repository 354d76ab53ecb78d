#include "lib/http/http_client.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr size_t kQuotedBytes = 300;

absl::StatusCode StatusCodeOf(int status) {
  switch (status) {
    case 401:
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 409:
      return absl::StatusCode::kAlreadyExists;
    case 429:
      return absl::StatusCode::kUnavailable;
    default:
      return status >= 500 ? absl::StatusCode::kUnavailable : absl::StatusCode::kFailedPrecondition;
  }
}

}  // namespace

absl::Status HttpStatusToStatus(HttpResponse const& response, absl::string_view doing) {
  if (response.status >= 200 && response.status < 300) return absl::OkStatus();
  std::string message = absl::StrCat(doing, ": HTTP status ", response.status);
  absl::string_view const start = absl::string_view(response.body).substr(0, kQuotedBytes);
  if (!start.empty()) absl::StrAppend(&message, ": ", absl::Utf8SafeCHexEscape(start));
  return {StatusCodeOf(response.status), message};
}

}  // namespace probefarm
