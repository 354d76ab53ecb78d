#include "worker/engine/docker_connection.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/runtime/status_macros.h"
#include "worker/engine/engine_error.h"

namespace probefarm {
namespace {

constexpr char kBaseUrl[] = "http://engine/v1.40";

}  // namespace

DockerConnection::DockerConnection(std::unique_ptr<HttpClient> http, std::string socket_path,
                                   DockerEngineOptions const& options)
    : http_(std::move(http)), socket_path_(std::move(socket_path)), options_(options) {}

HttpRequest DockerConnection::Call(std::string method, std::string const& target) const {
  HttpRequest request;
  request.method = std::move(method);
  request.url = absl::StrCat(kBaseUrl, target);
  request.connect_timeout = options_.connect_timeout;
  request.idle_timeout = options_.call_timeout;
  request.total_timeout = options_.call_timeout;
  return request;
}

HttpRequest DockerConnection::Transfer(std::string method, std::string const& target) const {
  HttpRequest request = Call(std::move(method), target);
  request.idle_timeout = options_.transfer_idle_timeout;
  request.total_timeout = options_.transfer_timeout;
  return request;
}

HttpRequest DockerConnection::Follow(std::string method, std::string const& target) const {
  HttpRequest request = Call(std::move(method), target);
  request.idle_timeout = absl::InfiniteDuration();
  request.total_timeout = options_.follow_timeout;
  return request;
}

absl::StatusOr<HttpResponse> DockerConnection::Send(HttpRequest const& request,
                                                    absl::string_view doing) const {
  absl::StatusOr<HttpResponse> response = http_->Send(request);
  if (response.ok()) return response;
  if (!absl::IsUnavailable(response.status())) return Annotate(response.status(), doing);
  return absl::UnavailableError(absl::StrCat(
      doing, ": the container engine at ", socket_path_, " does not answer (",
      response.status().message(),
      "); see that it runs and that this user may open the socket, or name another one"));
}

absl::StatusOr<HttpResponse> DockerConnection::Succeed(HttpRequest const& request,
                                                       absl::string_view doing) const {
  ASSIGN_OR_RETURN(HttpResponse response, Send(request, doing));
  if (!IsSuccess(response)) return EngineErrorToStatus(response, doing);
  return response;
}

bool IsSuccess(HttpResponse const& response) {
  return response.status >= 200 && response.status < 300;
}

std::string EscapedForUrl(absl::string_view text) {
  std::string escaped;
  for (char const c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.') {
      escaped.push_back(c);
    } else {
      absl::StrAppendFormat(&escaped, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

}  // namespace probefarm
