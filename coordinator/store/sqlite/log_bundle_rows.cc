#include "coordinator/store/sqlite/log_bundle_rows.h"

#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "coordinator/store/log_bundle_rules.h"
#include "coordinator/store/sqlite/catalog_rows.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kOfRelease[] = "repository = ? AND tag = ?";

absl::Status InsertBundle(Database& db, ReleaseKey const& release, LogBundle const& bundle,
                          absl::Time held_at) {
  return db.Run(
      "INSERT INTO log_bundles(repository, tag, number, sha256, size, held_at) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      release.repository, release.tag, bundle.number, bundle.sha256, bundle.size,
      bundle.held ? std::make_optional(held_at) : std::nullopt);
}

// Its logs wait again.
absl::Status TakeBackPlan(Database& db, ReleaseKey const& release, LogBundle const& planned) {
  RETURN_IF_ERROR(
      db.Run(absl::StrCat("UPDATE assets SET log_bundle = 0, log_sha256 = '', log_size = 0 WHERE ",
                          kOfRelease, " AND log_bundle = ?"),
             release.repository, release.tag, planned.number));
  return db.Run(absl::StrCat("DELETE FROM log_bundles WHERE ", kOfRelease, " AND number = ?"),
                release.repository, release.tag, planned.number);
}

absl::Status PutLog(Database& db, ReleaseKey const& release, int bundle, BundledLog const& log) {
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const asset,
                   FindAssetNamed(db, release.tag, log.asset_name));
  if (!asset || KeyOf(*asset) != release || !LogWaits(*asset))
    return NotWaiting(release, log.asset_name);
  return db.Run(
      "UPDATE assets SET log_bundle = ?, log_sha256 = ?, log_size = ? "
      "WHERE tag = ? AND asset_name = ?",
      bundle, log.sha256, log.size, release.tag, log.asset_name);
}

}  // namespace

absl::StatusOr<std::vector<WaitingLogs>> ListWaitingLogs(Database& db) {
  std::map<ReleaseKey, WaitingLogs> found;
  Statement waiting = db.Query(
      "SELECT repository, tag, COUNT(*), MIN(published_at) FROM assets INDEXED BY assets_unbundled "
      "WHERE log_bundle = 0 AND job <> 0 AND present = 1 GROUP BY repository, tag");
  while (waiting.Step()) {
    ReleaseKey const release{waiting.Text(0), waiting.Text(1)};
    found[release] = {release, waiting.Int(2), waiting.Time(3)};
  }
  RETURN_IF_ERROR(waiting.status());
  Statement planned =
      db.Query("SELECT DISTINCT repository, tag FROM log_bundles WHERE held_at IS NULL");
  while (planned.Step()) {
    ReleaseKey const release{planned.Text(0), planned.Text(1)};
    found[release].release = release;
    found[release].planned = true;
  }
  RETURN_IF_ERROR(planned.status());
  std::vector<WaitingLogs> list;
  for (auto& [release, logs] : found) list.push_back(std::move(logs));
  return list;
}

absl::StatusOr<std::vector<LogBundle>> ListLogBundles(Database& db, ReleaseKey const& release) {
  Statement query =
      db.Query(absl::StrCat("SELECT number, sha256, size, held_at IS NOT NULL FROM log_bundles "
                            "WHERE ",
                            kOfRelease, " ORDER BY number"),
               release.repository, release.tag);
  std::vector<LogBundle> bundles;
  while (query.Step())
    bundles.push_back(
        {static_cast<int>(query.Int(0)), query.Text(1), query.Int(2), query.Int(3) != 0});
  RETURN_IF_ERROR(query.status());
  return bundles;
}

absl::StatusOr<bool> PlanLogBundle(Database& db, ReleaseKey const& release, LogBundle const& bundle,
                                   std::vector<BundledLog> const& logs) {
  ASSIGN_OR_RETURN(std::vector<LogBundle> const known, ListLogBundles(db, release));
  RETURN_IF_ERROR(CheckLogBundle(release, bundle, logs, known));
  for (LogBundle const& other : known)
    if (!other.held) RETURN_IF_ERROR(TakeBackPlan(db, release, other));
  if (bundle.number == 0) return true;
  LogBundle planned = bundle;
  planned.held = false;
  RETURN_IF_ERROR(InsertBundle(db, release, planned, absl::InfinitePast()));
  for (BundledLog const& log : logs) RETURN_IF_ERROR(PutLog(db, release, bundle.number, log));
  return true;
}

absl::StatusOr<bool> LogBundleHeld(Database& db, ReleaseKey const& release, int number,
                                   absl::Time now) {
  Statement query = db.Query(absl::StrCat("SELECT held_at IS NOT NULL FROM log_bundles WHERE ",
                                          kOfRelease, " AND number = ?"),
                             release.repository, release.tag, number);
  if (!query.Step()) {
    RETURN_IF_ERROR(query.status());
    return absl::NotFoundError(
        absl::StrCat("no ", LogBundleName(number), " of release ", Describe(release)));
  }
  if (query.Int(0) != 0) return false;
  RETURN_IF_ERROR(db.Run(
      absl::StrCat("UPDATE log_bundles SET held_at = ? WHERE ", kOfRelease, " AND number = ?"), now,
      release.repository, release.tag, number));
  RETURN_IF_ERROR(GrowRevision(db, release));
  return true;
}

absl::StatusOr<bool> AdoptLogBundles(Database& db, ReleaseKey const& release,
                                     std::vector<LogBundle> const& bundles, absl::Time now) {
  bool changed = false;
  for (LogBundle const& bundle : bundles) {
    RETURN_IF_ERROR(
        db.Run("INSERT OR IGNORE INTO log_bundles(repository, tag, number, sha256, size, held_at) "
               "VALUES (?, ?, ?, ?, ?, ?)",
               release.repository, release.tag, bundle.number, bundle.sha256, bundle.size, now));
    changed = changed || db.Changes() > 0;
  }
  if (changed) RETURN_IF_ERROR(GrowRevision(db, release));
  return changed;
}

absl::StatusOr<bool> DropBundledLogs(Database& db, absl::Time before) {
  Statement query = db.Query(
      "SELECT repository, tag, number FROM log_bundles WHERE dropped = 0 AND held_at <= ? "
      "ORDER BY held_at LIMIT 1",
      before);
  if (!query.Step()) {
    RETURN_IF_ERROR(query.status());
    return false;
  }
  ReleaseKey const release{query.Text(0), query.Text(1)};
  int64_t const number = query.Int(2);
  RETURN_IF_ERROR(
      db.Run(absl::StrCat("DELETE FROM logs WHERE job IN (SELECT job FROM assets WHERE ",
                          kOfRelease, " AND log_bundle = ?)"),
             release.repository, release.tag, number));
  RETURN_IF_ERROR(db.Run(
      absl::StrCat("UPDATE log_bundles SET dropped = 1 WHERE ", kOfRelease, " AND number = ?"),
      release.repository, release.tag, number));
  return true;
}

absl::Status CheckLogIsHere(Database& db, Job const& job, int64_t epoch) {
  if (job.state != JobState::kPublished) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const asset, FindAssetOfProbe(db, job.probe));
  if (!asset || asset->job != job.id || asset->epoch != epoch || asset->log.bundle == 0)
    return absl::OkStatus();
  Statement query = db.Query(absl::StrCat("SELECT 1 FROM log_bundles WHERE ", kOfRelease,
                                          " AND number = ? AND dropped = 1"),
                             asset->repository, asset->tag, asset->log.bundle);
  bool const dropped = query.Step();
  RETURN_IF_ERROR(query.status());
  return dropped ? LogIsInBundle(*asset) : absl::OkStatus();
}

}  // namespace probefarm
