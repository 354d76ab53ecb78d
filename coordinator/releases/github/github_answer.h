#pragma once

#include <map>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "coordinator/releases/github/pacing/host_answer.h"

namespace probefarm {

// What an answer of GitHub's means for whoever wanted a success.
enum class GitHubMeaning {
  kSuccess,       // 2xx
  kUnchanged,     // 304: as when it was asked last
  kNotThere,      // 404, 410
  kAlreadyThere,  // 422 "already_exists": the name, or the tag, is taken
  kFull,          // 422: the release holds as many files as it may
  kImmutable,     // 422: the release takes no file any more
  kNotAllowed,    // 401, 403: the token, or its permissions
  kSlowDown,      // 403, 429: a limit; the pacing knows until when
  kRefused,       // another 4xx: the request will never be taken as it is
  kTrouble,       // 5xx, no answer, or one that is not GitHub's: ask again later
};

struct GitHubVerdict {
  GitHubMeaning meaning = GitHubMeaning::kTrouble;
  std::string why;  // for people: what was wanted, what GitHub said, and what to do; no secret
};

// One answer, whoever received it: the coordinator, or a worker that reports what came back for its
// upload.
struct GitHubAnswer {
  int http_status = 0;                         // 0: none came; `error` says why
  std::map<std::string, std::string> headers;  // names in lower case
  absl::string_view body;
  std::string error;
};

// The one place where GitHub's answers are read for what they mean (REST API, "Troubleshooting",
// "Rate limits", and the description of each call). `doing`: "upload a.ko to 8.0.0+driver". Pure.
// What nobody understands is trouble, never success: a body may be HTML, or lack what the
// description promises.
GitHubVerdict InterpretGitHub(absl::string_view doing, GitHubAnswer const& answer);

// For the pacing, which reads the limits out of it. Pure.
HostAnswer ForGate(GitHubAnswer const& answer);

// The same as a status: OK for kSuccess and kUnchanged; kNotThere NOT_FOUND, kAlreadyThere
// ALREADY_EXISTS, kFull RESOURCE_EXHAUSTED, kImmutable and kRefused FAILED_PRECONDITION,
// kNotAllowed PERMISSION_DENIED, the others UNAVAILABLE.
absl::Status ToStatus(GitHubVerdict const& verdict);

}  // namespace probefarm
