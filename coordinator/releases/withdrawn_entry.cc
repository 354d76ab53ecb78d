#include "coordinator/releases/withdrawn_entry.h"

namespace probefarm {

Tombstone TombstoneOf(Withdrawal const& withdrawal) {
  PublishedAsset const& asset = withdrawal.asset;
  return {.probe = asset.probe,
          .tag = asset.tag,
          .file_name = asset.file_name,
          .asset_name = asset.asset_name,
          .sha256 = asset.sha256,
          .size = asset.size,
          .inputs = withdrawal.fingerprint,
          .reason = withdrawal.reason,
          .published_at = asset.published_at,
          .withdrawn_at = withdrawal.withdrawn_at};
}

Withdrawal WithdrawalOf(ReleaseKey const& release, Tombstone const& tombstone) {
  Withdrawal withdrawal;
  withdrawal.asset = {.probe = tombstone.probe,
                      .file_name = tombstone.file_name,
                      .repository = release.repository,
                      .tag = release.tag,
                      .asset_name = tombstone.asset_name,
                      .sha256 = tombstone.sha256,
                      .size = tombstone.size,
                      .built_at = tombstone.published_at,
                      .published_at = tombstone.published_at};
  withdrawal.fingerprint = tombstone.inputs;
  withdrawal.reason = tombstone.reason;
  withdrawal.withdrawn_at = tombstone.withdrawn_at;
  withdrawal.removed = true;
  return withdrawal;
}

}  // namespace probefarm
