#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/http/http_client.h"

namespace probefarm {

// What a release says of one of its assets.
struct PublishedBuild {
  std::string asset_name;
  std::string url;
  std::string sha256;  // 64 lower-case hexadecimal digits
  int64_t size = 0;    // bytes
  std::string spec;    // the build spec, as it was
};

// Looks an asset up by its true name or its asset name. `index` is the URL of a release's folder or
// of the index.json in it ("https://…/releases/download/8.0.0%2Bdriver/x86_64/"); provenance.jsonl
// stands beside. No signature is looked at. Blocks. NOT_FOUND when the release has no such asset or
// no index; DATA_LOSS when index and provenance disagree; else the errors of the parsers and of
// HTTP. All name the URL.
absl::StatusOr<PublishedBuild> FindPublishedBuild(HttpClient& http, std::string const& index,
                                                  std::string const& name);

}  // namespace probefarm
