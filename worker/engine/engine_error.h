#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/http/http_client.h"

// What an engine's refusal means, said once for all calls.
namespace probefarm {

// The status of an answer other than 2xx: 400 INVALID_ARGUMENT, 404 NOT_FOUND, 503 UNAVAILABLE,
// other 5xx and what is no HTTP status INTERNAL, other 3xx and 4xx (409: a conflict)
// FAILED_PRECONDITION; and RESOURCE_EXHAUSTED whenever the engine says that its disk is full. The
// message holds `doing`, the HTTP status and the engine's own reason, from `{"message": …}` or,
// from a proxy or a broken engine, the start of the body.
absl::Status EngineErrorToStatus(HttpResponse const& response, absl::string_view doing);

// The same for a reason that comes inside an answer with status 200: RESOURCE_EXHAUSTED for a full
// disk, else INTERNAL.
absl::Status EngineReasonToStatus(absl::string_view reason, absl::string_view doing);

// The answers to POST /containers/create and POST /containers/{id}/kill that say that the name is
// taken, and that nothing runs which could be killed. Docker has 409 for them; Podman 4 answers 500
// with a text of its own, which nothing else says.
bool IsNameTaken(HttpResponse const& response);
bool DoesNotRun(HttpResponse const& response);

// The engine's reason in the body of an answer; never empty, at most some hundred bytes, printable.
std::string EngineReason(absl::string_view body);

}  // namespace probefarm
