#include "coordinator/releases/github/github_host.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_json.h"
#include "coordinator/releases/github/side_file_swap.h"
#include "coordinator/releases/upload_intent.h"
#include "lib/digest/sha256.h"
#include "lib/driver/asset_name.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// What GitHub refuses for reasons that a person must mend is asked again as seldom as this.
constexpr absl::Duration kMendPause = absl::Minutes(5);
constexpr absl::Duration kTakenPause = absl::Seconds(5);
constexpr absl::Duration kNoRoomPause = absl::Minutes(10);
constexpr absl::Duration kBetweenChecks = absl::Minutes(1);
// Another coordinator may have made it since; whoever makes it finds out.
constexpr absl::Duration kStaysAbsent = absl::Hours(1);
constexpr absl::Duration kCountedBack = absl::Hours(1);  // GitHub's longest window
constexpr int kMostSwapSteps = 8;

HostedAsset Hosted(ReleaseKey const& key, GitHubAsset const& asset) {
  return {key.repository, key.tag, asset.name, asset.url, asset.sha256, asset.size};
}

std::optional<GitHubAsset> AssetIn(KnownRelease const& known, std::string const& name) {
  auto const found = known.assets.find(name);
  if (found == known.assets.end()) return std::nullopt;
  return found->second;
}

}  // namespace

// Releases are looked for and made by one thread at a time, each; and so are side files changed.
class GitHubHost::Turn {
 public:
  Turn(GitHubHost& host, ReleaseKey key, TurnKind kind = TurnKind::kRelease)
      : host_(host), key_(kind, std::move(key)) {
    MutexLock lock(host_.mu_);
    while (host_.turns_.contains(key_)) host_.turn_over_.Wait(host_.mu_);
    host_.turns_.insert(key_);
  }
  ~Turn() {
    MutexLock lock(host_.mu_);
    host_.turns_.erase(key_);
    host_.turn_over_.NotifyAll();
  }
  Turn(Turn const&) = delete;
  Turn& operator=(Turn const&) = delete;

 private:
  GitHubHost& host_;
  std::pair<TurnKind, ReleaseKey> const key_;
};

GitHubHost::GitHubHost(GitHubApi& api, GitHubApi& patient, RequestGate& gate, Clock const& clock,
                       GitHubHostOptions options)
    : api_(api),
      patient_(patient),
      gate_(gate),
      clock_(clock),
      options_(std::move(options)),
      started_at_(clock.Now()) {}

std::optional<KnownRelease> GitHubHost::Find(ReleaseKey const& key) const {
  MutexLock lock(mu_);
  auto const found = releases_.find(key);
  if (found == releases_.end()) return std::nullopt;
  return found->second;
}

void GitHubHost::Change(ReleaseKey const& key, std::function<void(KnownRelease&)> const& change) {
  MutexLock lock(mu_);
  auto const found = releases_.find(key);
  if (found != releases_.end()) change(found->second);
}

absl::StatusOr<std::optional<KnownRelease>> GitHubHost::Know(ReleaseKey const& key) {
  if (std::optional<KnownRelease> known = Find(key); known && !known->changed) return known;
  Turn const turn(*this, key);
  if (std::optional<KnownRelease> known = Find(key); known && !known->changed) return known;
  {
    MutexLock lock(mu_);
    auto const absent = absent_.find(key);
    if (absent != absent_.end() && StaysAbsent(absent->second)) return std::nullopt;
  }
  return Read(key);
}

// By its tag a release that an earlier run made may not be found for some seconds.
bool GitHubHost::StaysAbsent(absl::Time seen) const {
  return clock_.Now() - seen <
         (MayBeBehind(seen, started_at_) ? options_.look_interval : kStaysAbsent);
}

absl::StatusOr<std::optional<KnownRelease>> GitHubHost::KnowAfterBreak(ReleaseKey const& key,
                                                                       std::string const& name) {
  ASSIGN_OR_RETURN(std::optional<KnownRelease> known, Know(key));
  if (!known) return known;
  auto const broken = known->broken.find(name);
  if (broken == known->broken.end() || known->listed_at > broken->second) return known;
  RETURN_IF_ERROR(ReadUntilSeen(key, *known, name));
  return Find(key);
}

absl::StatusOr<std::optional<KnownRelease>> GitHubHost::Read(ReleaseKey const& key) {
  absl::StatusOr<GitHubRelease> release = api_.FindRelease(key.repository, key.tag);
  if (absl::IsNotFound(release.status())) {
    MutexLock lock(mu_);
    absent_[key] = clock_.Now();
    releases_.erase(key);
    return std::nullopt;
  }
  RETURN_IF_ERROR(release.status());
  ASSIGN_OR_RETURN(std::vector<GitHubAsset> assets, api_.ListAssets(key.repository, release->id));
  KnownRelease known;
  {
    MutexLock lock(mu_);
    auto const [entry, is_new] = releases_.try_emplace(key);
    KnownRelease& kept = entry->second;  // grants and arrivals stay
    kept.release = *std::move(release);
    kept.changed = false;
    if (is_new) kept.first_read_at = clock_.Now();
    TakeListing(kept, std::move(assets), 0, clock_.Now());
    known = kept;
  }
  CountPast(key, known);
  return known;
}

void GitHubHost::CountPast(ReleaseKey const& key, KnownRelease const& known) {
  {
    MutexLock lock(mu_);
    if (!counted_.insert(key).second) return;
  }
  for (auto const& [name, asset] : known.assets) {
    if (asset.created_at < started_at_ && asset.created_at > started_at_ - kCountedBack)
      gate_.CountPast(RequestKind::kUpload, asset.created_at);
  }
}

absl::StatusOr<std::string> GitHubHost::TargetOf(std::string const& repository) {
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
absl::StatusOr<KnownRelease> GitHubHost::KnowOrCreate(ReleaseKey const& key) {
  Turn const turn(*this, key);
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

std::vector<ReleaseRoom> GitHubHost::Rooms() {
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

absl::StatusOr<std::optional<ReleaseKey>> GitHubHost::ChoosePlace(std::string const& tag) {
  for (std::string const& repository : options_.repositories) {
    ReleaseKey const key{repository, tag};
    ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, Know(key));
    if (!known || RoomIn(*known) > 0) return key;
  }
  return std::nullopt;
}

absl::StatusOr<UploadAnswer> GitHubHost::PrepareUpload(UploadIntent const& intent) {
  std::string const name = SanitizeAssetName(intent.file_name);
  RETURN_IF_ERROR(CheckUploadIntent(intent, name));
  for (std::string const& repository : options_.repositories) {
    ReleaseKey const key{repository, intent.tag};
    ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, KnowAfterBreak(key, name));
    if (!known) continue;
    switch (StateOf(*known, name, intent.job, intent.epoch, clock_.Now())) {
      case NameState::kFree:
        if (std::optional<WaitUntil> wait = WaitForList(key, *known, name)) return *std::move(wait);
        continue;
      case NameState::kPresent:
        return AssetPresent{name};
      case NameState::kGranted:
        return WaitUntil{
            known->granted.at(name).deadline,
            absl::StrCat("job ", known->granted.at(name).job, " has a grant to upload ", name)};
      case NameState::kStarter:
        ASSIGN_OR_RETURN(std::optional<WaitUntil> wait, ClearStarter(key, *known, name));
        if (wait) return *std::move(wait);
    }
  }
  ASSIGN_OR_RETURN(std::optional<ReleaseKey> const place, ChoosePlace(intent.tag));
  if (place) return Grant(*place, intent, name);
  return WaitUntil{clock_.Now() + kNoRoomPause,
                   absl::StrCat("no repository has room in its release ", intent.tag,
                                ": add one to releases.github.repositories")};
}

// The next try would be refused as the last one was: it costs three points, and a write.
std::optional<WaitUntil> GitHubHost::WaitForList(ReleaseKey const& key, KnownRelease const& known,
                                                 std::string const& name) {
  absl::Time const now = clock_.Now();
  auto const clash = known.clashes.find(name);
  if (clash == known.clashes.end() || now - clash->second >= options_.list_lag) return std::nullopt;
  Change(key, [&](KnownRelease& changed) { changed.broken[name] = now; });
  return WaitUntil{now + options_.look_interval,
                   absl::StrCat("GitHub says that release ", Describe(key), " has ", name,
                                " and does not list it yet; lists are behind by seconds")};
}

absl::StatusOr<std::optional<WaitUntil>> GitHubHost::ClearStarter(ReleaseKey const& key,
                                                                  KnownRelease const& known,
                                                                  std::string const& name) {
  GitHubAsset const& starter = known.assets.at(name);
  absl::Time const now = clock_.Now();
  if (!IsLeftover(known, starter, options_.starter_grace, now))
    return WaitUntil{starter.created_at + options_.starter_grace,
                     absl::StrCat("an upload of ", name, " that nobody here began may go on")};
  RETURN_IF_ERROR(api_.DeleteAsset(key.repository, starter.id));
  Log(LogLevel::kWarning, "the rest of an upload that broke off was deleted",
      {{"release", Describe(key)}, {"asset", name}, {"id", starter.id}});
  Change(key, [&](KnownRelease& changed) {
    changed.assets.erase(name);
    changed.broken.erase(name);
  });
  return std::nullopt;
}

absl::StatusOr<UploadAnswer> GitHubHost::Grant(ReleaseKey const& key, UploadIntent const& intent,
                                               std::string const& name) {
  ASSIGN_OR_RETURN(KnownRelease const known, KnowOrCreate(key));
  if (known.release.immutable)
    return WaitUntil{clock_.Now() + kMendPause,
                     absl::StrCat("release ", Describe(key),
                                  " is immutable: switch immutable releases off in the settings of "
                                  "the repository, or name another repository")};
  std::variant<RequestPlace, WaitUntil> entered = gate_.Enter(RequestKind::kUpload);
  if (auto* wait = std::get_if<WaitUntil>(&entered)) return *wait;
  absl::Time const deadline = clock_.Now() + options_.upload_time;
  ASSIGN_OR_RETURN(UploadGrant grant,
                   api_.UploadRequest(known.release, name, intent.file_name, deadline));
  PlaceId const place = gate_.Keep(std::get<RequestPlace>(std::move(entered)), grant.deadline);
  bool reserved = false;
  Change(key, [&](KnownRelease& changed) {
    if (StateOf(changed, name, intent.job, intent.epoch, clock_.Now()) != NameState::kFree) return;
    changed.granted[name] = {intent.job, intent.epoch, grant.deadline, place};
    reserved = true;
  });
  if (reserved) return grant;
  // Nobody will use the place: it counts, which does no harm, and is over at its deadline.
  return WaitUntil{clock_.Now() + kTakenPause,
                   absl::StrCat(name, " was given to another job a moment ago")};
}

std::optional<ReleaseKey> GitHubHost::GrantedAt(UploadIntent const& intent,
                                                std::string const& name) {
  MutexLock lock(mu_);
  for (std::string const& repository : options_.repositories) {
    auto const known = releases_.find({repository, intent.tag});
    if (known == releases_.end()) continue;
    auto const grant = known->second.granted.find(name);
    if (grant != known->second.granted.end() && grant->second.job == intent.job &&
        grant->second.epoch == intent.epoch)
      return known->first;
  }
  return std::nullopt;
}

UploadOutcome GitHubHost::InterpretUpload(UploadIntent const& intent, UploadReport const& report) {
  std::string const name = SanitizeAssetName(intent.file_name);
  // Of a grant of an earlier run nothing is known here but that it was one.
  ReleaseKey const key = GrantedAt(intent, name).value_or(ReleaseKey{"", intent.tag});
  PlaceId place = 0;
  Change(key, [&](KnownRelease& known) {
    place = known.granted.at(name).place;
    known.granted.erase(name);
  });
  GitHubAnswer const answer{report.http_status, report.headers, report.body, report.error};
  gate_.Leave(place, ForGate(answer));
  std::string const doing = absl::StrCat("upload ", name, " to release ", Describe(key));
  GitHubVerdict const verdict = InterpretGitHub(doing, answer);
  absl::Time const now = clock_.Now();
  switch (verdict.meaning) {
    case GitHubMeaning::kSuccess:
      return Arrived(key, name, report);
    case GitHubMeaning::kFull:
      Change(key, [](KnownRelease& known) { known.full = true; });
      return UploadRetry{verdict.why};
    case GitHubMeaning::kAlreadyThere:
      Change(key, [&](KnownRelease& known) {
        known.broken[name] = known.clashes[name] = now;
        known.checked_at = absl::InfinitePast();
      });
      return UploadRetry{verdict.why};
    case GitHubMeaning::kTrouble:
    case GitHubMeaning::kUnchanged:
      // Whatever is there now, is to be seen in the list.
      Change(key, [&](KnownRelease& known) {
        known.broken[name] = now;
        known.checked_at = absl::InfinitePast();
      });
      return UploadRetry{verdict.why};
    case GitHubMeaning::kSlowDown:
      return UploadRetry{verdict.why};
    case GitHubMeaning::kRefused:
      return UploadRefused{verdict.why};
    case GitHubMeaning::kNotThere:
    case GitHubMeaning::kImmutable:
    case GitHubMeaning::kNotAllowed:
      break;
  }
  // The release may have gone, or changed: it is read again.
  Change(key, [](KnownRelease& known) { known.changed = true; });
  return WaitUntil{now + kMendPause, verdict.why};
}

UploadOutcome GitHubHost::Arrived(ReleaseKey const& key, std::string const& name,
                                  UploadReport const& report) {
  // What a worker reports proves nothing: the id is where to look.
  absl::StatusOr<GitHubAsset> const told = ParseGitHubAsset(report.body);
  Change(key, [&](KnownRelease& known) {
    known.arrived[name] = {told.ok() ? told->id : 0, clock_.Now()};
    known.broken.erase(name);
  });
  if (told.ok() && told->name != name)
    Log(LogLevel::kWarning, "GitHub keeps an asset under another name",
        {{"release", Describe(key)}, {"sent", name}, {"kept", told->name}});
  return UploadAccepted{name};
}

absl::StatusOr<HostedAsset> GitHubHost::FindAsset(std::string const& tag,
                                                  std::string const& asset_name) {
  RETURN_IF_ERROR(CheckReleaseTag(tag));
  RETURN_IF_ERROR(CheckFileName(asset_name));
  absl::Status not_there = absl::NotFoundError(absl::StrCat("no asset ", tag, "/", asset_name));
  if (IsSideFileName(asset_name)) return not_there;
  bool any_release = false;
  for (std::string const& repository : options_.repositories) {
    ReleaseKey const key{repository, tag};
    ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, Know(key));
    if (!known) continue;
    any_release = true;
    absl::StatusOr<HostedAsset> asset = LookFor(key, *known, asset_name);
    if (asset.ok()) return asset;
    if (!absl::IsNotFound(asset.status())) not_there = asset.status();
  }
  if (!any_release && MayBeBehind(clock_.Now(), started_at_))
    return absl::UnavailableError(
        absl::StrCat("no list has ", tag, "/", asset_name,
                     " yet: what was uploaded before the start may follow"));
  return not_there;
}

absl::StatusOr<HostedAsset> GitHubHost::LookFor(ReleaseKey const& key, KnownRelease const& seen,
                                                std::string const& name) {
  std::optional<GitHubAsset> const asset = AssetIn(seen, name);
  if (asset && asset->uploaded()) return WithDigest(key, *asset);
  EndGrant(key, name);
  std::optional<KnownRelease> const known = Find(key);
  if (!known) return absl::UnavailableError(absl::StrCat("release ", Describe(key), " has gone"));
  bool const expected = known->arrived.contains(name) || known->broken.contains(name) ||
                        MayBeBehind(known->listed_at, known->first_read_at);
  if (!expected) return NotThere(key, name);
  absl::Time const now = clock_.Now();
  if (now - known->checked_at < options_.look_interval)
    return absl::UnavailableError(absl::StrCat("release ", Describe(key),
                                               " was looked at a moment ago, ", name,
                                               " is looked for again soon"));
  Change(key, [now](KnownRelease& changed) { changed.checked_at = now; });
  ASSIGN_OR_RETURN(std::optional<GitHubAsset> const found, Look(key, *known, name));
  if (found) return WithDigest(key, *found);
  return NotThere(key, name);
}

absl::StatusOr<std::optional<GitHubAsset>> GitHubHost::Look(ReleaseKey const& key,
                                                            KnownRelease const& known,
                                                            std::string const& name) {
  auto const arrival = known.arrived.find(name);
  if (known.arrived.size() == 1 && arrival != known.arrived.end() &&
      arrival->second.asset_id != 0) {
    absl::StatusOr<GitHubAsset> asset = api_.GetAsset(key.repository, arrival->second.asset_id);
    // The id is a worker's word: it may be another asset's.
    if (asset.ok() && asset->name == name && asset->uploaded()) {
      Change(key, [&](KnownRelease& changed) { PutAsset(changed, *asset); });
      return *std::move(asset);
    }
    if (!asset.ok() && !absl::IsNotFound(asset.status())) return asset.status();
  }
  RETURN_IF_ERROR(ReadUntilSeen(key, known, name));
  std::optional<KnownRelease> const fresh = Find(key);
  std::optional<GitHubAsset> found = fresh ? AssetIn(*fresh, name) : std::nullopt;
  return found && found->uploaded() ? std::move(found) : std::nullopt;
}

void GitHubHost::EndGrant(ReleaseKey const& key, std::string const& name) {
  absl::Time const now = clock_.Now();
  PlaceId place = 0;
  Change(key, [&](KnownRelease& known) {
    auto const grant = known.granted.find(name);
    if (grant == known.granted.end()) return;
    place = grant->second.place;
    known.granted.erase(grant);
    known.arrived.try_emplace(name, Arrival{.at = now});
    known.checked_at = absl::InfinitePast();
  });
}

absl::Status GitHubHost::NotThere(ReleaseKey const& key, std::string const& name) {
  absl::Time const now = clock_.Now();
  std::optional<KnownRelease> const known = Find(key);
  bool const arrived = known && known->arrived.contains(name);
  if ((known && MayBeBehind(now, known->first_read_at)) ||
      (arrived && now - known->arrived.at(name).at < options_.list_lag))
    return absl::UnavailableError(absl::StrCat(name, " is not in the list of release ",
                                               Describe(key), " yet; lists are behind by seconds"));
  // Whatever half of it is there is nobody's.
  Change(key, [&](KnownRelease& changed) {
    if (changed.arrived.erase(name) > 0) changed.broken[name] = now;
  });
  return absl::NotFoundError(absl::StrCat("no asset ", name, " in release ", Describe(key)));
}

absl::StatusOr<std::string> GitHubHost::DigestOf(ReleaseKey const& key, GitHubAsset const& asset) {
  if (!asset.sha256.empty() || !asset.uploaded()) return asset.sha256;
  ASSIGN_OR_RETURN(std::string digest, DigestOf(Hosted(key, asset)));
  Change(key, [&](KnownRelease& known) {
    known.digests[asset.id] = digest;
    auto const found = known.assets.find(asset.name);
    if (found != known.assets.end() && found->second.id == asset.id) found->second.sha256 = digest;
  });
  return digest;
}

absl::StatusOr<HostedAsset> GitHubHost::WithDigest(ReleaseKey const& key, GitHubAsset asset) {
  ASSIGN_OR_RETURN(asset.sha256, DigestOf(key, asset));
  return Hosted(key, asset);
}

absl::Status GitHubHost::ReadUntilSeen(ReleaseKey const& key, KnownRelease const& known,
                                       std::string const& name) {
  int const page = FirstNewPage(known);
  RETURN_IF_ERROR(ReadAssets(key, known, page));
  std::optional<KnownRelease> const fresh = Find(key);
  if (page == 1 || !fresh || fresh->assets.contains(name)) return absl::OkStatus();
  return ReadAssets(key, *fresh, 1);
}

absl::Status GitHubHost::ReadAssets(ReleaseKey const& key, KnownRelease const& known,
                                    int first_page) {
  ASSIGN_OR_RETURN(std::vector<GitHubAsset> assets,
                   api_.ListAssets(key.repository, known.release.id, first_page));
  auto const first = static_cast<size_t>(first_page - 1) * 100;
  Change(key, [&](KnownRelease& changed) {
    TakeListing(changed, std::move(assets), first, clock_.Now());
  });
  return absl::OkStatus();
}

absl::StatusOr<std::vector<HostedAsset>> GitHubHost::ListAssets() {
  std::vector<HostedAsset> hosted;
  for (std::string const& repository : options_.repositories) {
    ASSIGN_OR_RETURN(std::vector<GitHubRelease> const releases, patient_.ListReleases(repository));
    for (GitHubRelease const& release : releases) {
      if (release.draft) continue;  // nobody can download from it
      RETURN_IF_ERROR(ListRelease(repository, release, hosted));
    }
  }
  return hosted;
}

absl::Status GitHubHost::ListRelease(std::string const& repository, GitHubRelease const& release,
                                     std::vector<HostedAsset>& hosted) {
  ReleaseKey const key{repository, release.tag};
  ASSIGN_OR_RETURN(std::vector<GitHubAsset> assets, patient_.ListAssets(repository, release.id));
  absl::Time const now = clock_.Now();
  KnownRelease known;
  {
    MutexLock lock(mu_);
    auto const [entry, is_new] = releases_.try_emplace(key);
    KnownRelease& kept = entry->second;
    if (is_new) kept.first_read_at = now;
    kept.release = release;
    kept.changed = false;
    kept.full = kept.full && assets.size() >= static_cast<size_t>(kAssetsOfARelease);
    TakeListing(kept, std::move(assets), 0, now);
    known = kept;
  }
  CountPast(key, known);
  for (auto const& [name, asset] : known.assets) {
    if (asset.uploaded() && !IsSideFileName(name)) hosted.push_back(Hosted(key, asset));
  }
  return DeleteLeftovers(key, known);
}

absl::Status GitHubHost::DeleteLeftovers(ReleaseKey const& key, KnownRelease const& known) {
  absl::Time const now = clock_.Now();
  for (auto const& [name, asset] : known.assets) {
    if (IsLeftover(known, asset, options_.starter_grace, now))
      RETURN_IF_ERROR(ClearStarter(key, known, name).status());
    if (IsSupersededNext(known, asset, options_.starter_grace, now))
      RETURN_IF_ERROR(DropSuperseded(key, asset));
  }
  return absl::OkStatus();
}

// While the list came, it may have been put in place.
absl::Status GitHubHost::DropSuperseded(ReleaseKey const& key, GitHubAsset const& next) {
  Turn const turn(*this, key, TurnKind::kSideFiles);
  std::optional<KnownRelease> const known = Find(key);
  if (!known || !IsSupersededNext(*known, next, options_.starter_grace, clock_.Now()))
    return absl::OkStatus();
  return DropNext(key, next);
}

absl::Status GitHubHost::DropSideFile(ReleaseKey const& key, GitHubAsset const& asset) {
  RETURN_IF_ERROR(patient_.DeleteAsset(key.repository, asset.id));
  Forget(key, asset);
  return absl::OkStatus();
}

// By its id it may be X by now, renamed when no answer came or before the list shows it.
absl::Status GitHubHost::DropNext(ReleaseKey const& key, GitHubAsset const& next) {
  absl::StatusOr<GitHubAsset> const now = patient_.GetAsset(key.repository, next.id);
  if (now.ok() && now->name == next.name) return DropSideFile(key, next);
  if (!now.ok() && !absl::IsNotFound(now.status())) return now.status();
  Forget(key, next);
  if (now.ok()) Change(key, [&](KnownRelease& known) { PutAsset(known, *now); });
  return absl::OkStatus();
}

void GitHubHost::Forget(ReleaseKey const& key, GitHubAsset const& asset) {
  Change(key, [&](KnownRelease& known) {
    auto const found = known.assets.find(asset.name);
    if (found != known.assets.end() && found->second.id == asset.id) known.assets.erase(found);
  });
}

absl::Status GitHubHost::WriteSideFile(ReleaseKey const& release, std::string const& name,
                                       std::string const& content) {
  RETURN_IF_ERROR(CheckReleaseTag(release.tag));
  if (!IsSideFileName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is not a side file's name"));
  ReleaseKey const key{
      release.repository.empty() ? options_.repositories.front() : release.repository, release.tag};
  ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, Know(key));
  Turn const turn(*this, key, TurnKind::kSideFiles);
  if (content.empty()) return RemoveSideFile(key, name);
  if (!known) RETURN_IF_ERROR(KnowOrCreate(key).status());
  for (int step = 0; step < kMostSwapSteps; ++step) {
    bool done = false;
    RETURN_IF_ERROR(TakeStep(key, name, content, done));
    if (done) return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat("replace ", name, " of release ", Describe(key),
                                             ": somebody else changes it, too"));
}

absl::StatusOr<std::optional<GitHubAsset>> GitHubHost::Digested(ReleaseKey const& key,
                                                                KnownRelease const& known,
                                                                std::string const& name) {
  std::optional<GitHubAsset> asset = AssetIn(known, name);
  if (!asset) return asset;
  ASSIGN_OR_RETURN(asset->sha256, DigestOf(key, *asset));
  return asset;
}

// GitHub takes no empty file: where there is nothing to say there is none.
absl::Status GitHubHost::RemoveSideFile(ReleaseKey const& key, std::string const& name) {
  std::optional<KnownRelease> const known = Find(key);
  if (!known) return absl::OkStatus();
  if (auto const asset = AssetIn(*known, name)) RETURN_IF_ERROR(DropSideFile(key, *asset));
  auto const next = AssetIn(*known, absl::StrCat(name, kNextSuffix));
  return next ? DropNext(key, *next) : absl::OkStatus();
}

// Who else has changed the list in the meantime is found out by GitHub's refusal: the list is read
// again then.
absl::Status GitHubHost::TakeStep(ReleaseKey const& key, std::string const& name,
                                  std::string const& content, bool& done) {
  Failpoint("github.side_file_step");
  std::optional<KnownRelease> const known = Find(key);
  if (!known) return absl::UnavailableError(absl::StrCat("release ", Describe(key), " has gone"));
  std::string const next_name = absl::StrCat(name, kNextSuffix);
  ASSIGN_OR_RETURN(std::optional<GitHubAsset> const current, Digested(key, *known, name));
  ASSIGN_OR_RETURN(std::optional<GitHubAsset> const next, Digested(key, *known, next_name));
  std::string taking;  // the name that the step takes
  absl::Status taken;
  auto const put = [&](std::string const& under, absl::StatusOr<GitHubAsset> const& asset) {
    taking = under;
    if (asset.ok()) Change(key, [&](KnownRelease& changed) { PutAsset(changed, *asset); });
    return asset.status();
  };
  switch (NextSwapStep(current, next, Sha256Hex(content))) {
    case SwapStep::kDone:
      done = true;
      return absl::OkStatus();
    case SwapStep::kUploadFirst:
      taken = put(name, patient_.UploadAsset(known->release, name, content));
      break;
    case SwapStep::kUploadNext:
      taken = put(next_name, patient_.UploadAsset(known->release, next_name, content));
      break;
    case SwapStep::kDeleteNext:
      taken = DropNext(key, *next);
      break;
    case SwapStep::kDeleteOld:
      taken = DropSideFile(key, *current);
      break;
    case SwapStep::kRenameNext:
      taken = put(name, patient_.RenameAsset(key.repository, next->id, name));
      if (taken.ok()) Change(key, [&](KnownRelease& changed) { changed.assets.erase(next_name); });
      break;
  }
  return taken.ok() ? taken : AfterRefusedStep(key, taking, taken);
}

absl::Status GitHubHost::AfterRefusedStep(ReleaseKey const& key, std::string const& taking,
                                          absl::Status const& refused) {
  std::optional<KnownRelease> const known = Find(key);
  if (!known) return refused;
  ASSIGN_OR_RETURN(std::vector<GitHubAsset> assets,
                   patient_.ListAssets(key.repository, known->release.id));
  Change(key,
         [&](KnownRelease& changed) { TakeListing(changed, std::move(assets), 0, clock_.Now()); });
  if (absl::IsNotFound(refused)) return absl::OkStatus();
  if (!absl::IsAlreadyExists(refused)) return refused;
  std::optional<KnownRelease> const fresh = Find(key);
  if (fresh && AssetIn(*fresh, taking)) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      refused.message(), "; the list does not show it yet, lists are behind by seconds"));
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
