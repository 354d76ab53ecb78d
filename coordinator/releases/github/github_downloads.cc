#include "coordinator/releases/github/github_downloads.h"

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::StatusOr<std::string> DownloadAsset(GitHubApi& api, GitHubAsset const& asset,
                                          int64_t max_bytes) {
  std::string content;
  RETURN_IF_ERROR(api.Download(asset.url, max_bytes, [&content](absl::string_view bytes) {
    absl::StrAppend(&content, bytes);
    return absl::OkStatus();
  }));
  if (asset.sha256.empty() || asset.sha256 == Sha256Hex(content)) return content;
  return absl::UnavailableError(
      absl::StrCat(asset.url, " is not what its release lists: it has changed"));
}

absl::StatusOr<std::string> DownloadDigest(GitHubApi& api, std::string const& url, int64_t size) {
  Sha256 digest;
  int64_t read_size = 0;
  absl::Status const read = api.Download(url, size, [&](absl::string_view bytes) {
    digest.Update(bytes);
    read_size += static_cast<int64_t>(bytes.size());
    return absl::OkStatus();
  });
  if (!absl::IsResourceExhausted(read)) RETURN_IF_ERROR(read);
  if (read.ok() && read_size == size) return digest.HexDigest();
  return absl::UnavailableError(
      absl::StrCat(url, " does not have the ", size, " bytes that GitHub lists"));
}

absl::StatusOr<std::string> DigestOf(KnownReleases& releases, GitHubApi& api, ReleaseKey const& key,
                                     GitHubAsset const& asset) {
  if (!asset.sha256.empty() || !asset.uploaded()) return asset.sha256;
  ASSIGN_OR_RETURN(std::string digest, DownloadDigest(api, asset.url, asset.size));
  releases.Change(key, [&](KnownRelease& known) {
    known.digests[asset.id] = digest;
    auto const found = known.assets.find(asset.name);
    if (found != known.assets.end() && found->second.id == asset.id) found->second.sha256 = digest;
  });
  return digest;
}

}  // namespace probefarm
