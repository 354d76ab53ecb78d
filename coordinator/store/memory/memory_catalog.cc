#include <algorithm>

#include "absl/strings/str_cat.h"
#include "coordinator/store/catalog_rules.h"
#include "coordinator/store/log_bundle_rules.h"
#include "coordinator/store/memory/memory_tables.h"
#include "coordinator/store/page_cursor.h"
#include "coordinator/store/withdrawal_rules.h"
#include "lib/runtime/status_macros.h"
#include "re2/re2.h"

namespace probefarm {
namespace {

absl::Status NoSuchAsset(std::string const& tag, std::string const& name) {
  return absl::NotFoundError(absl::StrCat("no asset ", tag, "/", name));
}

}  // namespace

bool MemoryTables::Matches(AssetFilter const& filter, RE2 const& kernel,
                           PublishedAsset const& asset) {
  ProbeId const& probe = asset.probe;
  return (!filter.repository || *filter.repository == asset.repository) &&
         (filter.tag.empty() || filter.tag == asset.tag) &&
         (filter.asset_name.empty() || filter.asset_name == asset.asset_name) &&
         (filter.driver_version.empty() || filter.driver_version == probe.driver_version) &&
         (filter.target.empty() || filter.target == probe.target) &&
         (!filter.kind || *filter.kind == probe.kind) &&
         (!filter.arch || *filter.arch == probe.arch) &&
         (!filter.presence || *filter.presence == asset.presence) &&
         RE2::PartialMatch(probe.kernel_release, kernel);
}

PublishedAsset* MemoryTables::AssetOf(ProbeId const& probe) {
  for (auto& [id, asset] : assets_) {
    if (asset.probe == probe) return &asset;
  }
  return nullptr;
}

PublishedAsset const* MemoryTables::AssetNamed(std::string const& tag,
                                               std::string const& name) const {
  for (auto const& [id, asset] : assets_) {
    if (asset.tag == tag && asset.asset_name == name) return &asset;
  }
  return nullptr;
}

absl::StatusOr<Job> MemoryTables::Publish(JobId id, PublishedAsset const& asset, absl::Time now) {
  auto const found = jobs_.find(id);
  if (found == jobs_.end()) return absl::NotFoundError(absl::StrCat("no job ", id));
  PublishedAsset* recorded = AssetOf(asset.probe);
  RETURN_IF_ERROR(
      CheckPublish(found->second.job, asset, recorded, AssetNamed(asset.tag, asset.asset_name)));
  if (found->second.job.state == JobState::kPublished) return found->second.job;
  RETURN_IF_ERROR(CheckPublishAfterWithdrawal(found->second.job, asset, Withdrawn(asset)));
  ASSIGN_OR_RETURN(Job const job, Move(found->second, job_event::Verified{}, now));
  PutAsset(asset);
  return job;
}

void MemoryTables::PutAsset(PublishedAsset const& asset) {
  PublishedAsset* recorded = AssetOf(asset.probe);
  if (recorded != nullptr && KeyOf(*recorded) != KeyOf(asset))
    ++releases_[KeyOf(*recorded)].current;  // the release that lost it
  if (recorded == nullptr) recorded = &assets_[++last_asset_];
  LogPlace log = LogPlaceAfter(*recorded, asset);
  *recorded = asset;
  recorded->log = std::move(log);
  ++releases_[KeyOf(asset)].current;
}

absl::StatusOr<bool> MemoryTables::Adopt(PublishedAsset const& asset) {
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const row,
                   RowToAdopt(asset, AssetOf(asset.probe), AssetNamed(asset.tag, asset.asset_name),
                              FindProbes({asset.probe}).front()));
  RETURN_IF_ERROR(CheckAdoptAfterWithdrawal(asset, Withdrawn(asset)));
  if (row) PutAsset(*row);
  return row.has_value();
}

absl::StatusOr<PublishedAsset> MemoryTables::FindAsset(std::string const& tag,
                                                       std::string const& name) const {
  PublishedAsset const* asset = AssetNamed(tag, name);
  if (asset == nullptr) return NoSuchAsset(tag, name);
  return *asset;
}

absl::StatusOr<AssetPage> MemoryTables::ListAssets(AssetFilter const& filter,
                                                   PageRequest const& page) const {
  ASSIGN_OR_RETURN(std::optional<int64_t> const after, ParsePage(page));
  RE2 const kernel(filter.kernel_regex, RE2::Quiet);
  if (!kernel.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("kernel_regex: ", kernel.error()));
  }
  AssetPage result;
  int64_t last = 0;
  for (auto const& [id, asset] : assets_) {
    if ((after && id <= *after) || !Matches(filter, kernel, asset)) continue;
    if (static_cast<int>(result.assets.size()) == page.limit) {
      result.next_cursor = CursorAfter(last);
      break;
    }
    result.assets.push_back(asset);
    last = id;
    result.end_cursor = CursorAfter(last);
  }
  return result;
}

absl::StatusOr<int64_t> MemoryTables::CountAssets(AssetFilter const& filter) const {
  RE2 const kernel(filter.kernel_regex, RE2::Quiet);
  if (!kernel.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("kernel_regex: ", kernel.error()));
  }
  return std::count_if(assets_.begin(), assets_.end(),
                       [&](auto const& entry) { return Matches(filter, kernel, entry.second); });
}

absl::StatusOr<bool> MemoryTables::MarkAsset(std::string const& tag, std::string const& name,
                                             AssetPresence presence) {
  for (auto& [id, asset] : assets_) {
    if (asset.tag != tag || asset.asset_name != name) continue;
    if (asset.presence == presence) return false;
    asset.presence = presence;
    ++releases_[KeyOf(asset)].current;
    return true;
  }
  return NoSuchAsset(tag, name);
}

std::vector<StaleRelease> MemoryTables::StaleReleases() const {
  std::vector<StaleRelease> stale;
  for (auto const& [release, revisions] : releases_) {
    if (revisions.current > revisions.written) stale.push_back({release, revisions.current});
  }
  return stale;
}

absl::StatusOr<bool> MemoryTables::SideFilesWritten(ReleaseKey const& release, int64_t revision) {
  auto const found = releases_.find(release);
  if (found == releases_.end())
    return absl::NotFoundError(absl::StrCat("no release ", Describe(release)));
  Revisions& revisions = found->second;
  RETURN_IF_ERROR(CheckRevision(release, revision, revisions.current));
  revisions.written = std::max(revisions.written, revision);
  return revisions.written == revisions.current;
}

bool MemoryTables::SideFilesSignedBy(std::string const& key_id) {
  if (side_file_key_ == key_id) return false;
  side_file_key_ = key_id;
  for (auto& [tag, revisions] : releases_) ++revisions.current;
  return true;
}

bool MemoryTables::SetMark(std::string const& key, std::string const& value) {
  marks_[key] = value;
  return true;
}

std::string MemoryTables::GetMark(std::string const& key) const {
  auto const found = marks_.find(key);
  return found == marks_.end() ? "" : found->second;
}

std::string MemoryTables::Pin(std::string const& key, std::string const& digest) {
  return pins_.try_emplace(key, digest).first->second;
}

}  // namespace probefarm
