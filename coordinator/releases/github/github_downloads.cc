// What GitHubHost reads as anyone can: side files, and assets without a digest.
#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_host.h"
#include "lib/digest/sha256.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// The new one, where the old was deleted and the new is not renamed yet.
GitHubAsset const* SideFileIn(KnownRelease const& known, std::string const& name) {
  for (std::string const& candidate : {name, absl::StrCat(name, kNextSuffix)}) {
    auto const found = known.assets.find(candidate);
    if (found != known.assets.end() && found->second.uploaded()) return &found->second;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::string> GitHubHost::ReadSideFile(ReleaseKey const& release,
                                                     std::string const& name) {
  if (!IsSideFileName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is not a side file's name"));
  ReleaseKey const key{
      release.repository.empty() ? options_.repositories.front() : release.repository, release.tag};
  ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, Know(key));
  GitHubAsset const* const asset = known ? SideFileIn(*known, name) : nullptr;
  if (asset == nullptr)
    return absl::NotFoundError(absl::StrCat("no ", name, " in release ", Describe(key)));
  std::string content;
  RETURN_IF_ERROR(
      patient_.Download(asset->url, kLargestSideFile, [&content](absl::string_view bytes) {
        absl::StrAppend(&content, bytes);
        return absl::OkStatus();
      }));
  if (asset->sha256.empty() || asset->sha256 == Sha256Hex(content)) return content;
  return absl::UnavailableError(
      absl::StrCat(asset->url, " is not what release ", Describe(key), " lists: it has changed"));
}

absl::StatusOr<std::string> GitHubHost::DigestOf(HostedAsset const& asset) {
  Sha256 digest;
  int64_t size = 0;
  absl::Status const read = patient_.Download(asset.url, asset.size, [&](absl::string_view bytes) {
    digest.Update(bytes);
    size += static_cast<int64_t>(bytes.size());
    return absl::OkStatus();
  });
  if (!absl::IsResourceExhausted(read)) RETURN_IF_ERROR(read);
  if (read.ok() && size == asset.size) return digest.HexDigest();
  return absl::UnavailableError(
      absl::StrCat(asset.url, " does not have the ", asset.size, " bytes that GitHub lists"));
}

}  // namespace probefarm
