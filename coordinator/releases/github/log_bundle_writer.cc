#include "coordinator/releases/github/log_bundle_writer.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_downloads.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kMostTries = 2;

}  // namespace

absl::Status LogBundleWriter::Write(ReleaseKey const& key, std::string const& name,
                                    std::string const& content) {
  std::string const sha256 = Sha256Hex(content);
  absl::Status refused;
  for (int tries = 0; tries < kMostTries; ++tries) {
    ASSIGN_OR_RETURN(std::optional<KnownRelease> known, releases_.KnowAfterBreak(key, name));
    if (!known) {
      ASSIGN_OR_RETURN(known, releases_.KnowOrCreate(key));
    }
    ASSIGN_OR_RETURN(Held const held, Look(key, *known, name, sha256));
    if (held == Held::kTheseBytes) return absl::OkStatus();
    if (held == Held::kOtherBytes)
      return absl::AlreadyExistsError(
          absl::StrCat("release ", Describe(key), " has another ", name));
    refused = Upload(key, *known, name, content);
    if (refused.ok()) return refused;
    releases_.Change(key, [&](KnownRelease& changed) { changed.broken[name] = clock_.Now(); });
  }
  // That the name is taken says nothing of the bytes: the list does, once it shows them.
  if (!absl::IsAlreadyExists(refused)) return refused;
  return absl::UnavailableError(absl::StrCat(
      refused.message(), "; the list does not show it yet, lists are behind by seconds"));
}

absl::StatusOr<LogBundleWriter::Held> LogBundleWriter::Look(ReleaseKey const& key,
                                                            KnownRelease const& known,
                                                            std::string const& name,
                                                            std::string const& sha256) {
  std::optional<GitHubAsset> const asset = AssetIn(known, name);
  if (!asset) return Held::kNothing;
  if (asset->starter()) {
    ASSIGN_OR_RETURN(std::optional<WaitUntil> const wait, uploads_.ClearStarter(key, known, name));
    if (wait) return absl::UnavailableError(wait->why);
    return Held::kNothing;
  }
  ASSIGN_OR_RETURN(std::string const held, DigestOf(releases_, patient_, key, *asset));
  return held == sha256 ? Held::kTheseBytes : Held::kOtherBytes;
}

// What GitHub says that it keeps is compared, too.
absl::Status LogBundleWriter::Upload(ReleaseKey const& key, KnownRelease const& known,
                                     std::string const& name, std::string const& content) {
  ASSIGN_OR_RETURN(GitHubAsset asset, patient_.UploadAsset(known.release, name, content));
  KnownRelease now = known;
  PutAsset(now, asset);
  ASSIGN_OR_RETURN(Held const held, Look(key, now, name, Sha256Hex(content)));
  if (held != Held::kTheseBytes)
    return absl::UnavailableError(
        absl::StrCat("what GitHub keeps of ", name, ", as ", asset.name, ", is not what was sent"));
  releases_.Change(key, [&](KnownRelease& changed) {
    changed.broken.erase(name);
    PutAsset(changed, std::move(asset));
  });
  return absl::OkStatus();
}

}  // namespace probefarm
