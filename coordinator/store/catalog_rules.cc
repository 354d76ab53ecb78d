#include "coordinator/store/catalog_rules.h"

#include "absl/strings/str_cat.h"

namespace probefarm {

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

absl::Status CheckRevision(ReleaseKey const& release, int64_t revision, int64_t current) {
  if (revision <= current) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("release ", Describe(release), " is at revision ",
                                                 current, ", not yet at ", revision));
}

}  // namespace probefarm
