#include "coordinator/releases/github/side_file_writer.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_downloads.h"
#include "lib/digest/sha256.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kMostSwapSteps = 8;

std::string NextOf(std::string const& name) { return absl::StrCat(name, kNextSuffix); }

absl::Status GoneError(ReleaseKey const& key) {
  return absl::UnavailableError(absl::StrCat("release ", Describe(key), " has gone"));
}

}  // namespace

absl::Status SideFileWriter::Write(ReleaseKey const& key, std::string const& name,
                                   std::string const& content) {
  ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, releases_.Know(key));
  ReleaseTurns::Turn const turn(turns_, key);
  if (content.empty()) return Remove(key, name);
  if (!known) RETURN_IF_ERROR(releases_.KnowOrCreate(key).status());
  for (int step = 0; step < kMostSwapSteps; ++step) {
    ASSIGN_OR_RETURN(bool const done, TakeStep(key, name, content));
    if (done) return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat("replace ", name, " of release ", Describe(key),
                                             ": somebody else changes it, too"));
}

absl::Status SideFileWriter::Remove(ReleaseKey const& key, std::string const& name) {
  std::optional<KnownRelease> const known = releases_.Find(key);
  if (!known) return absl::OkStatus();
  if (auto const asset = AssetIn(*known, name)) RETURN_IF_ERROR(Drop(key, *asset));
  auto const next = AssetIn(*known, NextOf(name));
  return next ? DropNext(key, *next) : absl::OkStatus();
}

// Who else has changed the list in the meantime is found out by GitHub's refusal: the list is read
// again then.
absl::StatusOr<bool> SideFileWriter::TakeStep(ReleaseKey const& key, std::string const& name,
                                              std::string const& content) {
  Failpoint("github.side_file_step");
  ASSIGN_OR_RETURN(Standing const standing, Look(key, name));
  SwapStep const step = NextSwapStep(standing.current, standing.next, Sha256Hex(content));
  if (step == SwapStep::kDone) return true;
  absl::Status const taken = Do(step, key, standing, name, content);
  if (taken.ok()) return false;
  std::string const taking = step == SwapStep::kUploadNext ? NextOf(name) : name;
  RETURN_IF_ERROR(AfterRefusedStep(key, taking, taken));
  return false;
}

absl::StatusOr<SideFileWriter::Standing> SideFileWriter::Look(ReleaseKey const& key,
                                                              std::string const& name) {
  std::optional<KnownRelease> known = releases_.Find(key);
  if (!known) return GoneError(key);
  Standing standing{*std::move(known), std::nullopt, std::nullopt};
  ASSIGN_OR_RETURN(standing.current, Digested(key, standing.known, name));
  ASSIGN_OR_RETURN(standing.next, Digested(key, standing.known, NextOf(name)));
  return standing;
}

absl::StatusOr<std::optional<GitHubAsset>> SideFileWriter::Digested(ReleaseKey const& key,
                                                                    KnownRelease const& known,
                                                                    std::string const& name) {
  std::optional<GitHubAsset> asset = AssetIn(known, name);
  if (!asset) return asset;
  ASSIGN_OR_RETURN(asset->sha256, DigestOf(releases_, patient_, key, *asset));
  return asset;
}

absl::Status SideFileWriter::Do(SwapStep step, ReleaseKey const& key, Standing const& standing,
                                std::string const& name, std::string const& content) {
  switch (step) {
    case SwapStep::kUploadFirst:
      return Put(key, patient_.UploadAsset(standing.known.release, name, content));
    case SwapStep::kUploadNext:
      return Put(key, patient_.UploadAsset(standing.known.release, NextOf(name), content));
    case SwapStep::kDeleteNext:
      return DropNext(key, *standing.next);
    case SwapStep::kDeleteOld:
      return Drop(key, *standing.current);
    case SwapStep::kRenameNext:
      return RenameNext(key, *standing.next, name);
    case SwapStep::kDone:
      break;
  }
  return absl::OkStatus();
}

absl::Status SideFileWriter::AfterRefusedStep(ReleaseKey const& key, std::string const& taking,
                                              absl::Status const& refused) {
  std::optional<KnownRelease> const known = releases_.Find(key);
  if (!known) return refused;
  ASSIGN_OR_RETURN(std::vector<GitHubAsset> assets,
                   patient_.ListAssets(key.repository, known->release.id));
  releases_.Change(key, [&](KnownRelease& changed) {
    TakeListing(changed, std::move(assets), 0, clock_.Now());
  });
  if (absl::IsNotFound(refused)) return absl::OkStatus();
  if (!absl::IsAlreadyExists(refused)) return refused;
  std::optional<KnownRelease> const fresh = releases_.Find(key);
  if (fresh && AssetIn(*fresh, taking)) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      refused.message(), "; the list does not show it yet, lists are behind by seconds"));
}

absl::Status SideFileWriter::Put(ReleaseKey const& key, absl::StatusOr<GitHubAsset> const& asset) {
  if (asset.ok()) releases_.Change(key, [&](KnownRelease& known) { PutAsset(known, *asset); });
  return asset.status();
}

absl::Status SideFileWriter::RenameNext(ReleaseKey const& key, GitHubAsset const& next,
                                        std::string const& name) {
  RETURN_IF_ERROR(Put(key, patient_.RenameAsset(key.repository, next.id, name)));
  releases_.Change(key, [&](KnownRelease& known) { ForgetAsset(known, next); });
  return absl::OkStatus();
}

absl::Status SideFileWriter::Drop(ReleaseKey const& key, GitHubAsset const& asset) {
  RETURN_IF_ERROR(patient_.DeleteAsset(key.repository, asset.id));
  releases_.Change(key, [&](KnownRelease& known) { ForgetAsset(known, asset); });
  return absl::OkStatus();
}

// By its id it may be X by now, renamed when no answer came or before the list shows it.
absl::Status SideFileWriter::DropNext(ReleaseKey const& key, GitHubAsset const& next) {
  absl::StatusOr<GitHubAsset> const now = patient_.GetAsset(key.repository, next.id);
  if (now.ok() && now->name == next.name) return Drop(key, next);
  if (!now.ok() && !absl::IsNotFound(now.status())) return now.status();
  releases_.Change(key, [&](KnownRelease& known) {
    ForgetAsset(known, next);
    if (now.ok()) PutAsset(known, *now);
  });
  return absl::OkStatus();
}

// While the list came, it may have been put in place.
absl::Status SideFileWriter::DropSuperseded(ReleaseKey const& key, GitHubAsset const& next) {
  ReleaseTurns::Turn const turn(turns_, key);
  std::optional<KnownRelease> const known = releases_.Find(key);
  if (!known || !IsSupersededNext(*known, next, options_.starter_grace, clock_.Now()))
    return absl::OkStatus();
  return DropNext(key, next);
}

}  // namespace probefarm
