#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/known_releases.h"

namespace probefarm {

// What is read as anyone can: without the token, and at no cost of the limits. All may take long.
// NOT_FOUND when the asset has gone, UNAVAILABLE when it is not (any more) what GitHub listed.

// The whole file; RESOURCE_EXHAUSTED beyond `max_bytes`. Checked where GitHub knows its digest.
absl::StatusOr<std::string> DownloadAsset(GitHubApi& api, GitHubAsset const& asset,
                                          int64_t max_bytes);

// SHA-256 of the `size` bytes at the URL.
absl::StatusOr<std::string> DownloadDigest(GitHubApi& api, std::string const& url, int64_t size);

// The digest of an asset of that release: as GitHub tells it, or else computed from the bytes, once
// for each asset. Empty for one that is not whole.
absl::StatusOr<std::string> DigestOf(KnownReleases& releases, GitHubApi& api, ReleaseKey const& key,
                                     GitHubAsset const& asset);

}  // namespace probefarm
