#include "coordinator/releases/github/github_host.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_downloads.h"
#include "coordinator/releases/upload_intent.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr absl::Duration kBetweenChecks = absl::Minutes(1);

}  // namespace

GitHubHost::GitHubHost(GitHubApi& api, GitHubApi& patient, RequestGate& gate, Clock const& clock,
                       GitHubHostOptions options)
    : api_(api),
      patient_(patient),
      clock_(clock),
      options_(std::move(options)),
      releases_(api, gate, clock, options_),
      uploads_(releases_, api, gate, clock, options_),
      search_(releases_, api, patient, gate, clock, options_),
      side_files_(releases_, patient, clock, options_),
      removal_(releases_, patient, clock),
      log_bundles_(releases_, uploads_, patient, clock),
      notes_(releases_, patient) {}

absl::StatusOr<UploadAnswer> GitHubHost::PrepareUpload(UploadIntent const& intent) {
  return uploads_.PrepareUpload(intent);
}

UploadOutcome GitHubHost::InterpretUpload(UploadIntent const& intent, UploadReport const& report) {
  return uploads_.InterpretUpload(intent, report);
}

absl::StatusOr<HostedAsset> GitHubHost::FindAsset(std::string const& tag,
                                                  std::string const& asset_name) {
  return search_.FindAsset(tag, asset_name);
}

// A download changes the page that counts it: of a repository that is in use no page is free for
// long. So those that were read last wait for a later listing once this one has cost enough.
absl::StatusOr<std::vector<HostedAsset>> GitHubHost::ListAssets() {
  ASSIGN_OR_RETURN(std::vector<ToList> const releases, ReleasesToList());
  int64_t const before = patient_.new_pages();
  std::vector<HostedAsset> hosted;
  for (ToList const& next : releases) {
    bool const spent = patient_.new_pages() - before >= options_.pages_per_listing;
    std::optional<KnownRelease> known;
    if (spent && next.last_listed != absl::InfinitePast()) known = releases_.Find(next.key);
    if (!known) {
      ASSIGN_OR_RETURN(known, ListRelease(next.key, next.release));
    }
    for (auto const& [name, asset] : known->assets) {
      if (asset.uploaded() && !IsSideFileName(name)) hosted.push_back(Hosted(next.key, asset));
    }
  }
  return hosted;
}

absl::StatusOr<std::vector<GitHubHost::ToList>> GitHubHost::ReleasesToList() {
  std::vector<ToList> found;
  for (std::string const& repository : options_.repositories) {
    ASSIGN_OR_RETURN(std::vector<GitHubRelease> releases, patient_.ListReleases(repository));
    for (GitHubRelease& release : releases) {
      if (release.draft) continue;  // nobody can download from it
      ReleaseKey const key{repository, release.tag};
      std::optional<KnownRelease> const known = releases_.Find(key);
      bool const same = known && known->release.id == release.id;
      found.push_back(
          {key, std::move(release), same ? known->listed_whole_at : absl::InfinitePast()});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](auto const& a, auto const& b) { return a.last_listed < b.last_listed; });
  return found;
}

absl::StatusOr<KnownRelease> GitHubHost::ListRelease(ReleaseKey const& key,
                                                     GitHubRelease const& release) {
  ASSIGN_OR_RETURN(std::vector<GitHubAsset> assets,
                   patient_.ListAssets(key.repository, release.id));
  // Somebody has made room since GitHub said that there is none.
  if (assets.size() < static_cast<size_t>(kAssetsOfARelease))
    releases_.Change(key, [](KnownRelease& known) { known.full = false; });
  KnownRelease known = releases_.TakeWhole(key, release, std::move(assets));
  RETURN_IF_ERROR(DeleteLeftovers(key, known));
  return known;
}

absl::Status GitHubHost::DeleteLeftovers(ReleaseKey const& key, KnownRelease const& known) {
  absl::Time const now = clock_.Now();
  for (auto const& [name, asset] : known.assets) {
    if (IsLeftover(known, asset, options_.starter_grace, now))
      RETURN_IF_ERROR(uploads_.ClearStarter(key, known, name).status());
    if (IsSupersededNext(known, asset, options_.starter_grace, now))
      RETURN_IF_ERROR(side_files_.DropSuperseded(key, asset));
  }
  return absl::OkStatus();
}

absl::StatusOr<ReleaseKey> GitHubHost::PlaceOfSideFile(ReleaseKey const& release,
                                                       std::string const& name) const {
  RETURN_IF_ERROR(CheckReleaseTag(release.tag));
  if (!IsSideFileName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is not a side file's name"));
  return Placed(release);
}

ReleaseKey GitHubHost::Placed(ReleaseKey const& release) const {
  if (!release.repository.empty()) return release;
  return {options_.repositories.front(), release.tag};
}

absl::Status GitHubHost::WriteSideFile(ReleaseKey const& release, std::string const& name,
                                       std::string const& content) {
  ASSIGN_OR_RETURN(ReleaseKey const key, PlaceOfSideFile(release, name));
  if (IsLogBundleName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' never changes"));
  return side_files_.Write(key, name, content);
}

absl::Status GitHubHost::WriteLogBundle(ReleaseKey const& release, std::string const& name,
                                        std::string const& content) {
  RETURN_IF_ERROR(CheckReleaseTag(release.tag));
  if (!IsLogBundleName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is not a bundle's name"));
  return log_bundles_.Write(Placed(release), name, content);
}

absl::Status GitHubHost::WriteNotes(ReleaseKey const& release, std::string const& notes) {
  RETURN_IF_ERROR(CheckReleaseTag(release.tag));
  return notes_.Write(Placed(release), notes);
}

absl::StatusOr<std::string> GitHubHost::ReadSideFile(ReleaseKey const& release,
                                                     std::string const& name) {
  ASSIGN_OR_RETURN(ReleaseKey const key, PlaceOfSideFile(release, name));
  ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, releases_.Know(key));
  // The new one, where the old was deleted and the new is not renamed yet.
  for (std::string const& candidate : {name, absl::StrCat(name, kNextSuffix)}) {
    std::optional<GitHubAsset> const asset = known ? AssetIn(*known, candidate) : std::nullopt;
    if (asset && asset->uploaded()) return DownloadAsset(patient_, *asset, kLargestSideFile);
  }
  return absl::NotFoundError(absl::StrCat("no ", name, " in release ", Describe(key)));
}

absl::StatusOr<std::string> GitHubHost::DigestOf(HostedAsset const& asset) {
  return DownloadDigest(patient_, asset.url, asset.size);
}

std::vector<ReleaseRoom> GitHubHost::Rooms() { return releases_.Rooms(); }

absl::StatusOr<std::vector<ReleaseKey>> GitHubHost::ListIndexes() {
  return releases_.Where(&HasIndex);
}

absl::Status GitHubHost::RemoveAsset(ReleaseKey const& release, std::string const& asset_name,
                                     std::string const& sha256) {
  RETURN_IF_ERROR(CheckReleaseTag(release.tag));
  RETURN_IF_ERROR(CheckFileName(asset_name));
  if (IsSideFileName(asset_name))
    return absl::InvalidArgumentError(absl::StrCat("'", asset_name, "' is a side file's name"));
  return removal_.Remove(Placed(release), asset_name, sha256);
}

absl::Status GitHubHost::Check() {
  absl::Time const now = clock_.Now();
  {
    MutexLock lock(mu_);
    if (now - checked_at_ < kBetweenChecks) return checked_;
    checked_at_ = now;
  }
  absl::Status checked = api_.DefaultBranch(options_.repositories.front()).status();
  MutexLock lock(mu_);
  return checked_ = std::move(checked);
}

}  // namespace probefarm
