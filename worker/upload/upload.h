#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "lib/http/http_client.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// A complete HTTP request to send a file with, as the coordinator made it: the UploadGrant of
// worker.proto, for one use. The worker knows nothing of the release host behind it. Headers, and
// the URL's query, may hold a token: never log them.
struct UploadOrder {
  std::string method;  // "POST", "PUT"
  std::string url;     // http or https
  std::map<std::string, std::string> headers;
  absl::Time deadline = absl::InfiniteFuture();  // by the wall clock
};

// What came back, for the coordinator to judge.
struct UploadReply {
  int http_status = 0;                         // 0: no answer came
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // the first 64 KB
  std::string error;                           // when no answer came: why
};

// How many bytes of the file have been handed to the connection so far. Called on the thread of
// Upload().
using UploadProgress = std::function<void(int64_t sent)>;

// Streams the file at `path` with the grant's request and its size as Content-Length. Redirects are
// answers, not instructions, and no status is an error here: the coordinator judges. A try is one
// try: whether there is another is the coordinator's to say, with a new grant.
//
// Ends at the grant's deadline, and when `cancelled`, asked at least once a second, answers true;
// both are "no answer", and so is a file that cannot be read. `progress` and `cancelled` may be
// null. Blocks; thread-safe.
UploadReply Upload(HttpClient& http, Clock const& clock, UploadOrder const& grant,
                   std::string const& path, UploadProgress const& progress,
                   std::function<bool()> const& cancelled);

}  // namespace probefarm
