#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/http/http_client.h"

namespace probefarm {

// What a conditional request sends along, and what the answer said.
struct Validators {
  std::string etag;
  std::string last_modified;
};

struct DownloadRequest {
  std::vector<std::string> urls;  // tried in turn
  // Final path; written under a unique name beside it, synced, then renamed.
  std::string destination;
  std::string sha256;  // empty: not known (a signed index is checked by its signature)
  int64_t size = -1;   // -1: not known
  int64_t max_bytes = int64_t{4} << 30;
  Validators validators;  // only with one URL
  std::function<bool()> cancelled;
};

struct DownloadResult {
  bool not_modified = false;  // 304: the destination was not touched
  Validators validators;
  std::string sha256;  // empty after 304, like `size`
  int64_t size = 0;
};

// Downloads a file so that the destination is either absent (or as it was) or whole and verified,
// whatever happens. Redirects are followed. NOT_FOUND when every URL answered 404 or 410; DATA_LOSS
// when what came has another digest or size (both are named) and no URL may do better later;
// RESOURCE_EXHAUSTED over max_bytes or on a full disk, and CANCELLED, without trying further URLs;
// INVALID_ARGUMENT without a URL; UNAVAILABLE otherwise. Messages name each URL tried, the last one
// at the end. Thread-safe, for one destination too.
absl::StatusOr<DownloadResult> Download(HttpClient& http, DownloadRequest const& request);

}  // namespace probefarm
