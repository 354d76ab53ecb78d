#include "coordinator/store/catalog_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

bool SamePlace(PublishedAsset const& a, PublishedAsset const& b) {
  return KeyOf(a) == KeyOf(b) && a.asset_name == b.asset_name;
}

std::string PlaceOf(PublishedAsset const& asset) {
  return absl::StrCat(asset.asset_name, " in release ", Describe(KeyOf(asset)));
}

bool BuiltOtherBytes(ProbeKnowledge const& known) {
  return std::any_of(known.failed.begin(), known.failed.end(),
                     [](FailedBuild const& build) { return build.reason_code == "conflict"; });
}

absl::Status CheckAdopt(PublishedAsset const& asset, PublishedAsset const* of_probe,
                        PublishedAsset const* of_name, ProbeKnowledge const& known) {
  auto const refuse = [&](absl::StatusCode code, auto const&... why) {
    return absl::Status(code, absl::StrCat("adopt ", PlaceOf(asset), ": ", why...));
  };
  if (!asset.adopted() || asset.sha256.empty())
    return refuse(absl::StatusCode::kInvalidArgument, "it has a job, or no digest");
  if (known.unfinished)
    return refuse(absl::StatusCode::kFailedPrecondition, "job ", *known.unfinished,
                  " of its probe is not over");
  if (of_name != nullptr && of_name->probe != asset.probe)
    return refuse(absl::StatusCode::kAlreadyExists, "the catalog has ", Describe(of_name->probe),
                  " under that name");
  if (of_probe == nullptr && BuiltOtherBytes(known))
    return refuse(absl::StatusCode::kAlreadyExists, "this farm built other bytes for ",
                  Describe(asset.probe));
  if (of_probe == nullptr) return absl::OkStatus();
  if (of_probe->sha256 != asset.sha256)
    return refuse(absl::StatusCode::kAlreadyExists, Describe(asset.probe), " is recorded with ",
                  of_probe->sha256, ", not ", asset.sha256);
  if (of_probe->presence == AssetPresence::kPresent && !SamePlace(*of_probe, asset))
    return refuse(absl::StatusCode::kAlreadyExists, Describe(asset.probe), " is recorded as ",
                  PlaceOf(*of_probe));
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPublish(Job const& job, PublishedAsset const& asset,
                          PublishedAsset const* of_probe, PublishedAsset const* of_name) {
  if (asset.probe != job.probe) {
    return absl::InvalidArgumentError(absl::StrCat("publish job ", job.id, ": the asset is of ",
                                                   Describe(asset.probe), ", the job of ",
                                                   Describe(job.probe)));
  }
  if (!job.artifact || job.artifact->sha256 != asset.sha256) {
    return absl::FailedPreconditionError(
        absl::StrCat("publish job ", job.id, ": it has not reported ", asset.sha256));
  }
  if (of_probe != nullptr && of_probe->sha256 != asset.sha256) {
    return absl::AlreadyExistsError(absl::StrCat("publish job ", job.id, ": ", Describe(job.probe),
                                                 " was published with ", of_probe->sha256));
  }
  if (of_name != nullptr && of_name->probe != asset.probe) {
    return absl::AlreadyExistsError(absl::StrCat("publish job ", job.id, ": ", asset.tag, "/",
                                                 asset.asset_name, " is ",
                                                 Describe(of_name->probe)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<PublishedAsset>> RowToAdopt(PublishedAsset const& asset,
                                                         PublishedAsset const* of_probe,
                                                         PublishedAsset const* of_name,
                                                         ProbeKnowledge const& known) {
  RETURN_IF_ERROR(CheckAdopt(asset, of_probe, of_name, known));
  if (of_probe == nullptr) return asset;
  if (of_probe->presence == AssetPresence::kPresent) return std::nullopt;
  PublishedAsset moved = *of_probe;
  moved.repository = asset.repository;
  moved.tag = asset.tag;
  moved.asset_name = asset.asset_name;
  moved.url = asset.url;
  moved.presence = AssetPresence::kPresent;
  return moved;
}

absl::Status CheckRevision(ReleaseKey const& release, int64_t revision, int64_t current) {
  if (revision <= current) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("release ", Describe(release), " is at revision ",
                                                 current, ", not yet at ", revision));
}

}  // namespace probefarm
