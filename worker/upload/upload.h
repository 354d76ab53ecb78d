#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "lib/http/http_client.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// A complete HTTP request to send a file with, as the coordinator made it. The worker knows nothing
// of the release host behind it. Headers may hold a token: never log them.
struct UploadGrant {
  std::string method;
  std::string url;
  std::map<std::string, std::string> headers;
  absl::Time deadline = absl::InfiniteFuture();
};

// What came back, for the coordinator to judge.
struct UploadAnswer {
  int http_status = 0;                         // 0: no answer came
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // the first 64 KB
  std::string error;                           // when no answer came: why
};

// How many bytes of the file have been sent.
using UploadProgress = std::function<void(int64_t sent)>;

// Streams the file at `path` with the grant's request and its size as Content-Length. Redirects are
// answers, not instructions. Ends at the grant's deadline, and when `cancelled`, asked at least
// once a second, answers true; both are "no answer". `progress` and `cancelled` may be null.
UploadAnswer Upload(HttpClient& http, Clock const& clock, UploadGrant const& grant,
                    std::string const& path, UploadProgress const& progress,
                    std::function<bool()> const& cancelled);

}  // namespace probefarm
