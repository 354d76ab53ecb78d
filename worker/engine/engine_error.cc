#include "worker/engine/engine_error.h"

#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

using nlohmann::json;

constexpr size_t kMaxReasonBytes = 500;
constexpr int kConflict = 409;

bool IsDiskFull(absl::string_view reason) {
  return absl::StrContains(absl::AsciiStrToLower(reason), "no space left on device");
}

absl::StatusCode CodeOf(int http_status) {
  if (http_status == 400) return absl::StatusCode::kInvalidArgument;
  if (http_status == 404) return absl::StatusCode::kNotFound;
  if (http_status == 503) return absl::StatusCode::kUnavailable;
  if (http_status >= 300 && http_status < 500) return absl::StatusCode::kFailedPrecondition;
  return absl::StatusCode::kInternal;
}

std::string MessageField(absl::string_view body) {
  json const answer = json::parse(body.begin(), body.end(), nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return "";
  auto const message = answer.find("message");
  if (message == answer.end() || !message->is_string()) return "";
  return message->get<std::string>();
}

// Podman puts the cause at the end of a message.
bool PodmanSays(HttpResponse const& response, absl::string_view cause) {
  return response.status == 500 && absl::EndsWith(MessageField(response.body), cause);
}

}  // namespace

absl::Status EngineErrorToStatus(HttpResponse const& response, absl::string_view doing) {
  std::string const reason = EngineReason(response.body);
  return {IsDiskFull(reason) ? absl::StatusCode::kResourceExhausted : CodeOf(response.status),
          absl::StrCat(doing, ": the container engine answers ", response.status, ": ", reason)};
}

absl::Status EngineReasonToStatus(absl::string_view reason, absl::string_view doing) {
  return {IsDiskFull(reason) ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kInternal,
          absl::StrCat(doing, ": the container engine says: ", reason)};
}

bool IsNameTaken(HttpResponse const& response) {
  return response.status == kConflict || PodmanSays(response, "that name is already in use");
}

bool DoesNotRun(HttpResponse const& response) {
  return response.status == kConflict || PodmanSays(response, "container state improper");
}

std::string EngineReason(absl::string_view body) {
  std::string const message = MessageField(body);
  absl::string_view reason = message.empty() ? body : absl::string_view(message);
  reason = absl::StripAsciiWhitespace(reason).substr(0, kMaxReasonBytes);
  return reason.empty() ? "it gives no reason" : absl::Utf8SafeCHexEscape(reason);
}

}  // namespace probefarm
