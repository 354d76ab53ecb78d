#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/http/http_client.h"

namespace probefarm {

// What a conditional request sends along, and what the answer said (RFC 9110, section 8.8). Each is
// kept and sent back letter by letter; empty: the server gave none.
struct Validators {
  std::string etag;           // "\"5e8a-61f\"", with its quotes and, if it is weak, its W/
  std::string last_modified;  // "Sat, 07 Nov 2026 10:11:12 GMT"
};

// What to download, and what is known of it beforehand.
struct DownloadRequest {
  std::vector<std::string> urls;  // tried in turn
  // Final path; written under a unique name beside it, synced, then renamed.
  std::string destination;
  std::string sha256;  // empty: not known (a signed index is checked by its signature)
  int64_t size = -1;   // bytes; -1: not known
  int64_t max_bytes = int64_t{4} << 30;
  Validators validators;            // only with one URL; of what is at the destination now
  std::function<bool()> cancelled;  // as HttpRequest::cancelled; may be null
};

// What came.
struct DownloadResult {
  bool not_modified = false;  // 304: the destination was not touched
  Validators validators;      // the answer's; after 304 the request's where it gave none
  std::string sha256;         // of the file, computed; empty after 304
  int64_t size = 0;           // bytes of the file; 0 after 304
};

// Downloads a file so that the destination is either absent (or as it was) or whole and verified,
// whatever happens. An answer that breaks off is gone on from where it was, of the same URL and
// then of the next ones, when the SHA-256 is known. The destination's folder must be there. Up to
// five redirects are followed. Blocks, without a limit to the whole time as long as bytes move.
//
// NOT_FOUND when every URL answered 404 or 410; DATA_LOSS when what came has another digest or size
// (both are named) and no URL may do better later; RESOURCE_EXHAUSTED over max_bytes or on a full
// disk, and CANCELLED, without trying further URLs; INVALID_ARGUMENT without a URL; UNAVAILABLE
// otherwise. Messages name each URL tried, the last one at the end. Thread-safe, for one
// destination too.
absl::StatusOr<DownloadResult> Download(HttpClient& http, DownloadRequest const& request);

}  // namespace probefarm
