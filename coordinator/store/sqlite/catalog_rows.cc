#include "coordinator/store/sqlite/catalog_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/catalog_rules.h"
#include "coordinator/store/log_bundle_rules.h"
#include "coordinator/store/page_cursor.h"
#include "coordinator/store/sqlite/asset_columns.h"
#include "coordinator/store/sqlite/probe_columns.h"
#include "coordinator/store/sqlite/row_filter.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Beside kAssetColumns, which withdrawals have, too.
constexpr char kLogColumns[] = ", log_bundle, log_sha256, log_size";
// Beside the pins of inputs, whose keys are of drivers; the one that changes.
constexpr absl::string_view kSideFileKeyPin = "side files signed by";

std::string SelectAssetsWhere(absl::string_view condition) {
  return absl::StrCat("SELECT id, ", kProbeColumns, kAssetColumns, kLogColumns,
                      " FROM assets WHERE ", condition);
}

absl::StatusOr<PublishedAsset> ReadRow(Statement const& row) {
  ASSIGN_OR_RETURN(PublishedAsset asset, ReadAsset(row, 1));
  int const column = 1 + kAssetColumnCount;
  asset.log = {static_cast<int>(row.Int(column)), row.Text(column + 1), row.Int(column + 2)};
  return asset;
}

absl::StatusOr<std::optional<PublishedAsset>> ReadFirst(Statement query) {
  if (!query.Step()) {
    RETURN_IF_ERROR(query.status());
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(PublishedAsset asset, ReadRow(query));
  return asset;
}

void BindLog(Statement& statement, LogPlace const& log) {
  statement.Bind(log.bundle);
  statement.Bind(log.sha256);
  statement.Bind(log.size);
}

}  // namespace

absl::Status GrowRevision(Database& db, ReleaseKey const& release) {
  return db.Run(
      "INSERT INTO releases(repository, tag, revision, written_revision) VALUES (?, ?, 1, 0) "
      "ON CONFLICT(repository, tag) DO UPDATE SET revision = revision + 1",
      release.repository, release.tag);
}

absl::StatusOr<std::optional<PublishedAsset>> FindAssetOfProbe(Database& db, ProbeId const& probe) {
  Statement query = db.Query(SelectAssetsWhere(kProbeIs));
  BindProbe(query, probe);
  return ReadFirst(std::move(query));
}

absl::StatusOr<std::optional<PublishedAsset>> FindAssetNamed(Database& db, std::string const& tag,
                                                             std::string const& asset_name) {
  return ReadFirst(db.Query(SelectAssetsWhere("tag = ? AND asset_name = ?"), tag, asset_name));
}

absl::StatusOr<AssetPage> ListAssets(Database& db, AssetFilter const& filter,
                                     PageRequest const& page) {
  ASSIGN_OR_RETURN(std::optional<int64_t> const after, ParsePage(page));
  ASSIGN_OR_RETURN(RowFilter where, FilterOf(filter));
  if (after) where.And("id > ?", *after);
  Statement query = db.Query(SelectAssetsWhere(absl::StrCat(where.sql(), " ORDER BY id LIMIT ?")));
  where.BindTo(query);
  query.Bind(int64_t{page.limit} + 1);  // one more tells whether there is another page
  AssetPage result;
  int64_t last = 0;
  while (query.Step()) {
    if (static_cast<int64_t>(result.assets.size()) == page.limit) {
      result.next_cursor = CursorAfter(last);
      break;
    }
    last = query.Int(0);
    ASSIGN_OR_RETURN(PublishedAsset asset, ReadRow(query));
    result.assets.push_back(std::move(asset));
    result.end_cursor = CursorAfter(last);
  }
  RETURN_IF_ERROR(query.status());
  return result;
}

absl::StatusOr<int64_t> CountAssets(Database& db, AssetFilter const& filter) {
  ASSIGN_OR_RETURN(RowFilter where, FilterOf(filter));
  Statement query = db.Query(absl::StrCat("SELECT count(*) FROM assets WHERE ", where.sql()));
  where.BindTo(query);
  int64_t const count = query.Step() ? query.Int(0) : 0;
  RETURN_IF_ERROR(query.status());
  return count;
}

absl::Status PutAsset(Database& db, PublishedAsset const& asset) {
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const before, FindAssetOfProbe(db, asset.probe));
  if (before && KeyOf(*before) != KeyOf(asset)) RETURN_IF_ERROR(GrowRevision(db, KeyOf(*before)));
  RETURN_IF_ERROR(GrowRevision(db, KeyOf(asset)));
  Statement put = db.Query(absl::StrCat(
      "INSERT INTO assets(", kProbeColumns, kAssetColumns, kLogColumns,
      ") VALUES (?,?,?,?,?,?, ?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(", kProbeColumns,
      ") DO UPDATE SET file_name = excluded.file_name, repository = excluded.repository, tag = "
      "excluded.tag, "
      "asset_name = excluded.asset_name, url = excluded.url, size = excluded.size, "
      "job = excluded.job, epoch = excluded.epoch, worker = excluded.worker, "
      "built_at = excluded.built_at, published_at = excluded.published_at, "
      "present = excluded.present, index_entry = excluded.index_entry, "
      "log_bundle = excluded.log_bundle, log_sha256 = excluded.log_sha256, "
      "log_size = excluded.log_size WHERE sha256 = "
      "excluded.sha256"));
  BindAsset(put, asset);
  BindLog(put, before ? LogPlaceAfter(*before, asset) : LogPlace());
  return put.Run();
}

absl::StatusOr<bool> MarkAsset(Database& db, std::string const& tag, std::string const& asset_name,
                               AssetPresence presence) {
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const asset, FindAssetNamed(db, tag, asset_name));
  if (!asset) return absl::NotFoundError(absl::StrCat("no asset ", tag, "/", asset_name));
  if (asset->presence == presence) return false;
  RETURN_IF_ERROR(db.Run("UPDATE assets SET present = ? WHERE tag = ? AND asset_name = ?",
                         presence == AssetPresence::kPresent, tag, asset_name));
  RETURN_IF_ERROR(GrowRevision(db, KeyOf(*asset)));
  return true;
}

absl::Status ForgetAsset(Database& db, PublishedAsset const& asset) {
  return db.Run("DELETE FROM assets WHERE tag = ? AND asset_name = ?", asset.tag, asset.asset_name);
}

absl::StatusOr<std::vector<StaleRelease>> StaleReleases(Database& db) {
  Statement query = db.Query(
      "SELECT repository, tag, revision FROM releases WHERE revision > written_revision "
      "ORDER BY repository, tag");
  std::vector<StaleRelease> stale;
  while (query.Step()) stale.push_back({{query.Text(0), query.Text(1)}, query.Int(2)});
  RETURN_IF_ERROR(query.status());
  return stale;
}

absl::StatusOr<bool> SideFilesWritten(Database& db, ReleaseKey const& release, int64_t revision) {
  Statement query =
      db.Query("SELECT revision, written_revision FROM releases WHERE repository = ? AND tag = ?",
               release.repository, release.tag);
  if (!query.Step()) {
    RETURN_IF_ERROR(query.status());
    return absl::NotFoundError(absl::StrCat("no release ", Describe(release)));
  }
  int64_t const current = query.Int(0);
  RETURN_IF_ERROR(CheckRevision(release, revision, current));
  int64_t const written = std::max(query.Int(1), revision);
  RETURN_IF_ERROR(
      db.Run("UPDATE releases SET written_revision = ? WHERE repository = ? AND tag = ?", written,
             release.repository, release.tag));
  return written == current;
}

absl::StatusOr<bool> SideFilesSignedBy(Database& db, std::string const& key_id, absl::Time now) {
  Statement query = db.Query("SELECT digest FROM pins WHERE key = ?", kSideFileKeyPin);
  std::string const before = query.Step() ? query.Text(0) : "";
  RETURN_IF_ERROR(query.status());
  if (before == key_id) return false;
  RETURN_IF_ERROR(db.Run("INSERT OR REPLACE INTO pins(key, digest, created_at) VALUES (?, ?, ?)",
                         kSideFileKeyPin, key_id, now));
  RETURN_IF_ERROR(db.Run("UPDATE releases SET revision = revision + 1"));
  return true;
}

absl::StatusOr<bool> SetMark(Database& db, std::string const& key, std::string const& value) {
  RETURN_IF_ERROR(db.Run("INSERT OR REPLACE INTO marks(key, value) VALUES (?, ?)", key, value));
  return true;
}

absl::StatusOr<std::string> GetMark(Database& db, std::string const& key) {
  Statement query = db.Query("SELECT value FROM marks WHERE key = ?", key);
  std::string value = query.Step() ? query.Text(0) : "";
  RETURN_IF_ERROR(query.status());
  return value;
}

absl::StatusOr<std::string> Pin(Database& db, std::string const& key, std::string const& digest,
                                absl::Time now) {
  RETURN_IF_ERROR(db.Run("INSERT OR IGNORE INTO pins(key, digest, created_at) VALUES (?, ?, ?)",
                         key, digest, now));
  Statement query = db.Query("SELECT digest FROM pins WHERE key = ?", key);
  std::string const pinned = query.Step() ? query.Text(0) : digest;
  RETURN_IF_ERROR(query.status());
  return pinned;
}

}  // namespace probefarm
