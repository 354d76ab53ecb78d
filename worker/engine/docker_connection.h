#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/http/http_client.h"

namespace probefarm {

// How long the engine may take; beyond it a call is DEADLINE_EXCEEDED.
struct DockerEngineOptions {
  absl::Duration connect_timeout = absl::Seconds(5);
  // A call that moves no archive. Removing a big container takes the engine a while.
  absl::Duration call_timeout = absl::Minutes(2);
  // An image or an archive: as a whole, and without a byte either way. The engine says nothing
  // while it unpacks.
  absl::Duration transfer_timeout = absl::Hours(1);
  absl::Duration transfer_idle_timeout = absl::Minutes(15);
  // A container's log from its first line to its last. There is no limit to how long a container
  // says nothing.
  absl::Duration follow_timeout = absl::Hours(24);
};

// Makes requests for the engine's API and sends them. Every status names what was being done, and
// the one for an engine that does not answer (UNAVAILABLE) its socket too. Thread-safe.
class DockerConnection {
 public:
  DockerConnection(std::unique_ptr<HttpClient> http, std::string socket_path,
                   DockerEngineOptions const& options);

  // Requests with the deadlines of a short call, of one that moves an archive, and of one that
  // lasts as long as a container does. `target` is what follows the API's version in the path, its
  // parts escaped: Call("GET", "/containers/3f2a/json") asks for /v1.40/containers/3f2a/json.
  HttpRequest Call(std::string method, std::string const& target) const;
  HttpRequest Transfer(std::string method, std::string const& target) const;
  HttpRequest Follow(std::string method, std::string const& target) const;

  // Any answer of the engine; an error is that there was none. `doing` begins every message: "start
  // container 3f2a".
  absl::StatusOr<HttpResponse> Send(HttpRequest const& request, absl::string_view doing) const;
  // An answer of 2xx; what others mean is in engine_error.h.
  absl::StatusOr<HttpResponse> Succeed(HttpRequest const& request, absl::string_view doing) const;

 private:
  std::unique_ptr<HttpClient> const http_;
  std::string const socket_path_;
  DockerEngineOptions const options_;
};

// 2xx.
bool IsSuccess(HttpResponse const& response);

// Text as a component of a path, or as a value in a query: all but letters, digits, `-`, `_` and
// `.` as %XX. Pure.
std::string EscapedForUrl(absl::string_view text);

}  // namespace probefarm
