#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "client/releases/release_lookup.h"
#include "lib/http/http_client.h"

namespace probefarm {

// The build log of a published probe, as a bundle of its release holds it.
struct PublishedLog {
  std::string key_id;  // who signed the release; empty: nobody asked
  std::string bundle;  // its name
  std::string text;
};

// Reads a log out of a public repository, without a coordinator: the index says which bundle holds
// it, and the digests of both. DATA_LOSS says what is not what was signed; NOT_FOUND also where the
// log is in no bundle yet, which takes as long as the farm's `releases.log_bundles.age`. Other
// errors are those of FindRelease(). Blocks.
absl::StatusOr<PublishedLog> FetchPublishedLog(HttpClient& http, ReleaseQuestion const& question);

}  // namespace probefarm
