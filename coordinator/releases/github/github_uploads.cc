#include "coordinator/releases/github/github_uploads.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_answer.h"
#include "coordinator/releases/github/github_json.h"
#include "coordinator/releases/upload_intent.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// What GitHub refuses for reasons that a person must mend is asked again as seldom as this.
constexpr absl::Duration kMendPause = absl::Minutes(5);
// An App's token that ended has a successor as soon as the release is read with it.
constexpr int kUnauthorized = 401;
constexpr absl::Duration kTokenPause = absl::Seconds(10);
constexpr absl::Duration kTakenPause = absl::Seconds(5);
constexpr absl::Duration kNoRoomPause = absl::Minutes(10);

// What an upload that GitHub did not take says of the release.
void LearnFrom(GitHubMeaning meaning, KnownRelease& known, std::string const& name,
               absl::Time now) {
  switch (meaning) {
    case GitHubMeaning::kFull:
      known.full = true;
      break;
    case GitHubMeaning::kAlreadyThere:
      known.clashes[name] = now;
      [[fallthrough]];
    case GitHubMeaning::kTrouble:
    case GitHubMeaning::kUnchanged:
      // Whatever is there now, is to be seen in the list.
      known.broken[name] = now;
      known.checked_at = absl::InfinitePast();
      break;
    case GitHubMeaning::kNotThere:
    case GitHubMeaning::kImmutable:
    case GitHubMeaning::kNotAllowed:
      // The release may have gone, or changed: it is read again.
      known.changed = true;
      break;
    case GitHubMeaning::kSuccess:
    case GitHubMeaning::kSlowDown:
    case GitHubMeaning::kRefused:
      break;
  }
}

UploadOutcome OutcomeOf(GitHubVerdict const& verdict, int http_status, absl::Time now) {
  switch (verdict.meaning) {
    case GitHubMeaning::kNotThere:
    case GitHubMeaning::kImmutable:
    case GitHubMeaning::kNotAllowed:
      return WaitUntil{now + (http_status == kUnauthorized ? kTokenPause : kMendPause),
                       verdict.why};
    case GitHubMeaning::kRefused:
      return UploadRefused{verdict.why};
    default:
      return UploadRetry{verdict.why};
  }
}

}  // namespace

absl::StatusOr<UploadAnswer> GitHubUploads::PrepareUpload(UploadIntent const& intent) {
  std::string const name = SanitizeAssetName(intent.file_name);
  RETURN_IF_ERROR(CheckUploadIntent(intent, name));
  for (std::string const& repository : options_.repositories) {
    ASSIGN_OR_RETURN(std::optional<UploadAnswer> answer,
                     Occupied({repository, intent.tag}, intent, name));
    if (answer) return *std::move(answer);
  }
  ASSIGN_OR_RETURN(std::optional<ReleaseKey> const place, ChoosePlace(intent.tag));
  if (place) return Grant(*place, intent, name);
  return WaitUntil{clock_.Now() + kNoRoomPause,
                   absl::StrCat("no repository has room in its release ", intent.tag,
                                ": add one to releases.github.repositories")};
}

absl::StatusOr<std::optional<UploadAnswer>> GitHubUploads::Occupied(ReleaseKey const& key,
                                                                    UploadIntent const& intent,
                                                                    std::string const& name) {
  ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, releases_.KnowAfterBreak(key, name));
  if (!known) return std::nullopt;
  switch (StateOf(*known, name, intent.job, intent.epoch, clock_.Now())) {
    case NameState::kFree:
      return WaitForList(key, *known, name);
    case NameState::kPresent:
      return AssetPresent{name};
    case NameState::kGranted:
      return WaitUntil{
          known->granted.at(name).deadline,
          absl::StrCat("job ", known->granted.at(name).job, " has a grant to upload ", name)};
    case NameState::kStarter:
      return ClearStarter(key, *known, name);
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<ReleaseKey>> GitHubUploads::ChoosePlace(std::string const& tag) {
  for (std::string const& repository : options_.repositories) {
    ReleaseKey const key{repository, tag};
    ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, releases_.Know(key));
    if (!known || RoomIn(*known) > 0) return key;
  }
  return std::nullopt;
}

// The next try would be refused as the last one was: it costs three points, and a write.
std::optional<WaitUntil> GitHubUploads::WaitForList(ReleaseKey const& key,
                                                    KnownRelease const& known,
                                                    std::string const& name) {
  absl::Time const now = clock_.Now();
  auto const clash = known.clashes.find(name);
  if (clash == known.clashes.end() || now - clash->second >= options_.list_lag) return std::nullopt;
  releases_.Change(key, [&](KnownRelease& changed) { changed.broken[name] = now; });
  return WaitUntil{now + options_.look_interval,
                   absl::StrCat("GitHub says that release ", Describe(key), " has ", name,
                                " and does not list it yet; lists are behind by seconds")};
}

absl::StatusOr<std::optional<WaitUntil>> GitHubUploads::ClearStarter(ReleaseKey const& key,
                                                                     KnownRelease const& known,
                                                                     std::string const& name) {
  GitHubAsset const& starter = known.assets.at(name);
  if (!IsLeftover(known, starter, options_.starter_grace, clock_.Now()))
    return WaitUntil{starter.created_at + options_.starter_grace,
                     absl::StrCat("an upload of ", name, " that nobody here began may go on")};
  RETURN_IF_ERROR(api_.DeleteAsset(key.repository, starter.id));
  Log(LogLevel::kWarning, "the rest of an upload that broke off was deleted",
      {{"release", Describe(key)}, {"asset", name}, {"id", starter.id}});
  releases_.Change(key, [&](KnownRelease& changed) {
    changed.assets.erase(name);
    changed.broken.erase(name);
  });
  return std::nullopt;
}

absl::StatusOr<UploadAnswer> GitHubUploads::Grant(ReleaseKey const& key, UploadIntent const& intent,
                                                  std::string const& name) {
  ASSIGN_OR_RETURN(KnownRelease const known, releases_.KnowOrCreate(key));
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
  if (Reserve(key, intent, name, grant.deadline, place)) return grant;
  // Nobody will use the place: it counts, which does no harm, and is over at its deadline.
  return WaitUntil{clock_.Now() + kTakenPause,
                   absl::StrCat(name, " was given to another job a moment ago")};
}

bool GitHubUploads::Reserve(ReleaseKey const& key, UploadIntent const& intent,
                            std::string const& name, absl::Time deadline, PlaceId place) {
  bool reserved = false;
  releases_.Change(key, [&](KnownRelease& known) {
    if (StateOf(known, name, intent.job, intent.epoch, clock_.Now()) != NameState::kFree) return;
    known.granted[name] = {intent.job, intent.epoch, deadline, place};
    reserved = true;
  });
  return reserved;
}

std::optional<GitHubUploads::UsedGrant> GitHubUploads::TakeGrant(UploadIntent const& intent,
                                                                 std::string const& name) {
  for (std::string const& repository : options_.repositories) {
    ReleaseKey const key{repository, intent.tag};
    std::optional<UsedGrant> used;
    releases_.Change(key, [&](KnownRelease& known) {
      auto const grant = known.granted.find(name);
      if (grant == known.granted.end() || grant->second.job != intent.job ||
          grant->second.epoch != intent.epoch)
        return;
      used = UsedGrant{key, grant->second.place};
      known.granted.erase(grant);
    });
    if (used) return used;
  }
  return std::nullopt;
}

UploadOutcome GitHubUploads::InterpretUpload(UploadIntent const& intent,
                                             UploadReport const& report) {
  std::string const name = SanitizeAssetName(intent.file_name);
  // Of a grant of an earlier run nothing is known here but that it was one.
  UsedGrant const grant = TakeGrant(intent, name).value_or(UsedGrant{{"", intent.tag}});
  GitHubAnswer const answer{report.http_status, report.headers, report.body, report.error};
  gate_.Leave(grant.place, ForGate(answer));
  std::string const doing = absl::StrCat("upload ", name, " to release ", Describe(grant.key));
  GitHubVerdict const verdict = InterpretGitHub(doing, answer);
  if (verdict.meaning == GitHubMeaning::kSuccess) return Arrived(grant.key, name, report);
  absl::Time const now = clock_.Now();
  releases_.Change(grant.key,
                   [&](KnownRelease& known) { LearnFrom(verdict.meaning, known, name, now); });
  return OutcomeOf(verdict, report.http_status, now);
}

UploadOutcome GitHubUploads::Arrived(ReleaseKey const& key, std::string const& name,
                                     UploadReport const& report) {
  // What a worker reports proves nothing: the id is where to look.
  absl::StatusOr<GitHubAsset> const told = ParseGitHubAsset(report.body);
  releases_.Change(key, [&](KnownRelease& known) {
    known.arrived[name] = {told.ok() ? told->id : 0, clock_.Now()};
    known.broken.erase(name);
  });
  if (told.ok() && told->name != name)
    Log(LogLevel::kWarning, "GitHub keeps an asset under another name",
        {{"release", Describe(key)}, {"sent", name}, {"kept", told->name}});
  return UploadAccepted{name};
}

}  // namespace probefarm
