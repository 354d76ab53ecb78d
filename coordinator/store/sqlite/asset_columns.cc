#include "coordinator/store/sqlite/asset_columns.h"

#include "coordinator/store/sqlite/probe_columns.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

void BindAsset(Statement& statement, PublishedAsset const& asset) {
  BindProbe(statement, asset.probe);
  statement.Bind(asset.file_name);
  statement.Bind(asset.repository);
  statement.Bind(asset.tag);
  statement.Bind(asset.asset_name);
  statement.Bind(asset.url);
  statement.Bind(asset.sha256);
  statement.Bind(asset.size);
  statement.Bind(asset.job);
  statement.Bind(asset.epoch);
  statement.Bind(asset.worker);
  statement.Bind(asset.built_at);
  statement.Bind(asset.published_at);
  statement.Bind(asset.presence == AssetPresence::kPresent);
  statement.Bind(asset.index_entry);
}

absl::StatusOr<PublishedAsset> ReadAsset(Statement const& row, int first) {
  PublishedAsset asset;
  ASSIGN_OR_RETURN(asset.probe, ReadProbe(row, first));
  int column = first + 6;
  asset.file_name = row.Text(column++);
  asset.repository = row.Text(column++);
  asset.tag = row.Text(column++);
  asset.asset_name = row.Text(column++);
  asset.url = row.Text(column++);
  asset.sha256 = row.Text(column++);
  asset.size = row.Int(column++);
  asset.job = row.Int(column++);
  asset.epoch = row.Int(column++);
  asset.worker = row.Text(column++);
  asset.built_at = row.Time(column++);
  asset.published_at = row.Time(column++);
  asset.presence = row.Int(column++) != 0 ? AssetPresence::kPresent : AssetPresence::kMissing;
  asset.index_entry = row.Text(column++);
  return asset;
}

}  // namespace probefarm
