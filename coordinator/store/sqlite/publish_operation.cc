#include "coordinator/store/sqlite/publish_operation.h"

#include <optional>
#include <vector>

#include "coordinator/store/catalog_rules.h"
#include "coordinator/store/sqlite/catalog_rows.h"
#include "coordinator/store/sqlite/job_queries.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "coordinator/store/sqlite/withdrawal_rows.h"
#include "coordinator/store/withdrawal_rules.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::StatusOr<Job> Publish(WriteContext& context, JobId id, PublishedAsset const& asset) {
  ASSIGN_OR_RETURN(Job const job, FindJob(context.db, id));
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const of_probe,
                   FindAssetOfProbe(context.db, asset.probe));
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const of_name,
                   FindAssetNamed(context.db, asset.tag, asset.asset_name));
  RETURN_IF_ERROR(
      CheckPublish(job, asset, of_probe ? &*of_probe : nullptr, of_name ? &*of_name : nullptr));
  if (job.state == JobState::kPublished) return job;
  ASSIGN_OR_RETURN(std::vector<WithdrawnBuild> const withdrawn, FindWithdrawn(context.db, asset));
  RETURN_IF_ERROR(CheckPublishAfterWithdrawal(job, asset, withdrawn));
  ASSIGN_OR_RETURN(Job const published, MoveJob(context, job, job_event::Verified{}));
  RETURN_IF_ERROR(PutAsset(context.db, asset));
  return published;
}

absl::StatusOr<bool> Adopt(WriteContext& context, PublishedAsset const& asset) {
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const of_probe,
                   FindAssetOfProbe(context.db, asset.probe));
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const of_name,
                   FindAssetNamed(context.db, asset.tag, asset.asset_name));
  ASSIGN_OR_RETURN(std::vector<ProbeKnowledge> const known, FindProbes(context.db, {asset.probe}));
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const row,
                   RowToAdopt(asset, of_probe ? &*of_probe : nullptr, of_name ? &*of_name : nullptr,
                              known.front()));
  ASSIGN_OR_RETURN(std::vector<WithdrawnBuild> const withdrawn, FindWithdrawn(context.db, asset));
  RETURN_IF_ERROR(CheckAdoptAfterWithdrawal(asset, withdrawn));
  if (row) RETURN_IF_ERROR(PutAsset(context.db, *row));
  return row.has_value();
}

}  // namespace probefarm
