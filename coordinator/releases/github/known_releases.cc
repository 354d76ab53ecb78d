#include "coordinator/releases/github/known_releases.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Another coordinator may have made it since; whoever makes it finds out.
constexpr absl::Duration kStaysAbsent = absl::Hours(1);
constexpr absl::Duration kCountedBack = absl::Hours(1);  // GitHub's longest window

}  // namespace

KnownReleases::KnownReleases(GitHubApi& api, RequestGate& gate, Clock const& clock,
                             GitHubHostOptions const& options)
    : api_(api), gate_(gate), clock_(clock), options_(options), started_at_(clock.Now()) {}

std::optional<KnownRelease> KnownReleases::Find(ReleaseKey const& key) const {
  MutexLock lock(mu_);
  auto const found = releases_.find(key);
  if (found == releases_.end()) return std::nullopt;
  return found->second;
}

void KnownReleases::Change(ReleaseKey const& key,
                           std::function<void(KnownRelease&)> const& change) {
  MutexLock lock(mu_);
  auto const found = releases_.find(key);
  if (found != releases_.end()) change(found->second);
}

absl::StatusOr<std::optional<KnownRelease>> KnownReleases::Know(ReleaseKey const& key) {
  if (std::optional<KnownRelease> known = Find(key); known && !known->changed) return known;
  ReleaseTurns::Turn const turn(turns_, key);
  if (std::optional<KnownRelease> known = Find(key); known && !known->changed) return known;
  if (IsAbsent(key)) return std::nullopt;
  return Read(key);
}

// By its tag a release that an earlier run made may not be found for some seconds.
bool KnownReleases::IsAbsent(ReleaseKey const& key) const {
  MutexLock lock(mu_);
  auto const absent = absent_.find(key);
  if (absent == absent_.end()) return false;
  return clock_.Now() - absent->second <
         (MayBeBehind(absent->second, started_at_) ? options_.look_interval : kStaysAbsent);
}

absl::StatusOr<std::optional<KnownRelease>> KnownReleases::KnowAfterBreak(ReleaseKey const& key,
                                                                          std::string const& name) {
  ASSIGN_OR_RETURN(std::optional<KnownRelease> known, Know(key));
  if (!known) return known;
  auto const broken = known->broken.find(name);
  if (broken == known->broken.end() || known->listed_at > broken->second) return known;
  RETURN_IF_ERROR(ReadUntilSeen(key, *known, name));
  return Find(key);
}

absl::StatusOr<std::optional<KnownRelease>> KnownReleases::Read(ReleaseKey const& key) {
  absl::StatusOr<GitHubRelease> release = api_.FindRelease(key.repository, key.tag);
  if (absl::IsNotFound(release.status())) {
    MutexLock lock(mu_);
    absent_[key] = clock_.Now();
    releases_.erase(key);
    return std::nullopt;
  }
  RETURN_IF_ERROR(release.status());
  ASSIGN_OR_RETURN(std::vector<GitHubAsset> assets, api_.ListAssets(key.repository, release->id));
  return TakeWhole(key, *std::move(release), std::move(assets));
}

KnownRelease KnownReleases::TakeWhole(ReleaseKey const& key, GitHubRelease release,
                                      std::vector<GitHubAsset> assets) {
  absl::Time const now = clock_.Now();
  KnownRelease known;
  {
    MutexLock lock(mu_);
    auto const [entry, is_new] = releases_.try_emplace(key);
    KnownRelease& kept = entry->second;
    if (is_new) kept.first_read_at = now;
    kept.release = std::move(release);
    kept.changed = false;
    kept.listed_whole_at = now;
    TakeListing(kept, std::move(assets), 0, now);
    known = kept;
  }
  CountPast(key, known);
  return known;
}

void KnownReleases::CountPast(ReleaseKey const& key, KnownRelease const& known) {
  {
    MutexLock lock(mu_);
    if (!counted_.insert(key).second) return;
  }
  for (auto const& [name, asset] : known.assets) {
    if (asset.created_at < started_at_ && asset.created_at > started_at_ - kCountedBack)
      gate_.CountPast(RequestKind::kUpload, asset.created_at);
  }
}

absl::StatusOr<std::string> KnownReleases::TargetOf(std::string const& repository) {
  if (!options_.target.empty()) return options_.target;
  {
    MutexLock lock(mu_);
    if (auto const found = targets_.find(repository); found != targets_.end()) return found->second;
  }
  ASSIGN_OR_RETURN(std::string branch, api_.DefaultBranch(repository));
  MutexLock lock(mu_);
  return targets_[repository] = std::move(branch);
}

// The id that the answer holds is kept: by its tag the release may not be found for some seconds.
absl::StatusOr<KnownRelease> KnownReleases::KnowOrCreate(ReleaseKey const& key) {
  ReleaseTurns::Turn const turn(turns_, key);
  if (std::optional<KnownRelease> known = Find(key)) return *std::move(known);
  ASSIGN_OR_RETURN(std::string const target, TargetOf(key.repository));
  absl::StatusOr<GitHubRelease> created = api_.CreateRelease(key.repository, key.tag, target);
  if (absl::IsAlreadyExists(created.status())) {  // another coordinator was quicker
    ASSIGN_OR_RETURN(std::optional<KnownRelease> known, Read(key));
    if (known) return *std::move(known);
    return absl::UnavailableError(absl::StrCat("release ", Describe(key),
                                               " was made a moment ago and is not to be seen yet"));
  }
  RETURN_IF_ERROR(created.status());
  Log(LogLevel::kInfo, "a release was made", {{"release", Describe(key)}});
  MutexLock lock(mu_);
  absent_.erase(key);
  KnownRelease known{.release = *std::move(created), .listed_at = clock_.Now()};
  return releases_.insert_or_assign(key, std::move(known)).first->second;
}

std::vector<ReleaseKey> KnownReleases::Where(
    std::function<bool(KnownRelease const&)> const& is_so) const {
  std::vector<ReleaseKey> found;
  MutexLock lock(mu_);
  for (auto const& [key, known] : releases_) {
    if (is_so(known)) found.push_back(key);
  }
  return found;
}

std::vector<ReleaseRoom> KnownReleases::Rooms() const {
  MutexLock lock(mu_);
  std::set<std::string> tags;
  for (auto const& [key, known] : releases_) tags.insert(key.tag);
  std::vector<ReleaseRoom> rooms;
  for (std::string const& tag : tags) {
    for (std::string const& repository : options_.repositories) {
      auto const known = releases_.find({repository, tag});
      rooms.push_back(
          {{repository, tag}, RoomIn(known == releases_.end() ? KnownRelease() : known->second)});
    }
  }
  return rooms;
}

absl::Status KnownReleases::ReadUntilSeen(ReleaseKey const& key, KnownRelease const& known,
                                          std::string const& name) {
  int const page = FirstNewPage(known);
  RETURN_IF_ERROR(ReadAssets(key, known, page));
  std::optional<KnownRelease> const fresh = Find(key);
  if (page == 1 || !fresh || fresh->assets.contains(name)) return absl::OkStatus();
  return ReadAssets(key, *fresh, 1);
}

absl::Status KnownReleases::ReadAssets(ReleaseKey const& key, KnownRelease const& known,
                                       int first_page) {
  ASSIGN_OR_RETURN(std::vector<GitHubAsset> assets,
                   api_.ListAssets(key.repository, known.release.id, first_page));
  auto const first = static_cast<size_t>(first_page - 1) * kAssetsPerPage;
  Change(key, [&](KnownRelease& changed) {
    TakeListing(changed, std::move(assets), first, clock_.Now());
  });
  return absl::OkStatus();
}

}  // namespace probefarm
