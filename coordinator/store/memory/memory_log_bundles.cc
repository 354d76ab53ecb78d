#include <algorithm>

#include "absl/strings/str_cat.h"
#include "coordinator/store/log_bundle_rules.h"
#include "coordinator/store/memory/memory_tables.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

std::vector<WaitingLogs> MemoryTables::ListWaitingLogs() const {
  std::map<ReleaseKey, WaitingLogs> found;
  for (auto const& [id, asset] : assets_) {
    if (!LogWaits(asset)) continue;
    WaitingLogs& waiting = found[KeyOf(asset)];
    ++waiting.logs;
    waiting.oldest = std::min(waiting.oldest, asset.published_at);
  }
  for (auto const& [key, entry] : log_bundles_) {
    if (!entry.bundle.held) found[key.first].planned = true;
  }
  std::vector<WaitingLogs> list;
  for (auto& [release, waiting] : found) {
    waiting.release = release;
    list.push_back(waiting);
  }
  return list;
}

std::vector<LogBundle> MemoryTables::ListLogBundles(ReleaseKey const& release) const {
  std::vector<LogBundle> bundles;
  for (auto const& [key, entry] : log_bundles_) {
    if (key.first == release) bundles.push_back(entry.bundle);
  }
  return bundles;
}

absl::StatusOr<bool> MemoryTables::PlanLogBundle(ReleaseKey const& release, LogBundle const& bundle,
                                                 std::vector<BundledLog> const& logs) {
  std::vector<LogBundle> const known = ListLogBundles(release);
  RETURN_IF_ERROR(CheckLogBundle(release, bundle, logs, known));
  MemoryTables const before = *this;  // all or nothing
  for (LogBundle const& other : known) {
    if (other.held) continue;
    for (auto& [id, asset] : assets_) {
      if (KeyOf(asset) == release && asset.log.bundle == other.number) asset.log = {};
    }
    log_bundles_.erase({release, other.number});
  }
  if (bundle.number == 0) return true;
  for (BundledLog const& log : logs) {
    PublishedAsset const* const named = AssetNamed(release.tag, log.asset_name);
    if (named == nullptr || KeyOf(*named) != release || !LogWaits(*named)) {
      *this = before;
      return NotWaiting(release, log.asset_name);
    }
    AssetOf(named->probe)->log = {bundle.number, log.sha256, log.size};
  }
  BundleEntry& entry = log_bundles_[{release, bundle.number}];
  entry.bundle = bundle;
  entry.bundle.held = false;
  return true;
}

absl::StatusOr<bool> MemoryTables::LogBundleHeld(ReleaseKey const& release, int number,
                                                 absl::Time now) {
  auto const found = log_bundles_.find({release, number});
  if (found == log_bundles_.end())
    return absl::NotFoundError(
        absl::StrCat("no ", LogBundleName(number), " of release ", Describe(release)));
  if (found->second.bundle.held) return false;
  found->second.bundle.held = true;
  found->second.held_at = now;
  ++releases_[release].current;
  return true;
}

bool MemoryTables::AdoptLogBundles(ReleaseKey const& release, std::vector<LogBundle> const& bundles,
                                   absl::Time now) {
  bool changed = false;
  for (LogBundle const& bundle : bundles) {
    auto const [entry, is_new] = log_bundles_.try_emplace({release, bundle.number});
    if (!is_new) continue;
    entry->second = {bundle, now};
    entry->second.bundle.held = changed = true;
  }
  if (changed) ++releases_[release].current;
  return changed;
}

bool MemoryTables::DropBundledLogs(absl::Time before) {
  for (auto& [key, entry] : log_bundles_) {
    if (!entry.bundle.held || entry.dropped || entry.held_at > before) continue;
    for (auto const& [id, asset] : assets_) {
      if (KeyOf(asset) != key.first || asset.log.bundle != key.second) continue;
      std::erase_if(logs_, [job = asset.job](auto const& log) { return log.first.first == job; });
    }
    return entry.dropped = true;
  }
  return false;
}

absl::Status MemoryTables::CheckLogIsHere(Job const& job, int64_t epoch) const {
  for (auto const& [id, asset] : assets_) {
    if (asset.job != job.id || asset.epoch != epoch || asset.log.bundle == 0) continue;
    auto const bundle = log_bundles_.find({KeyOf(asset), asset.log.bundle});
    if (bundle != log_bundles_.end() && bundle->second.dropped) return LogIsInBundle(asset);
  }
  return absl::OkStatus();
}

}  // namespace probefarm
