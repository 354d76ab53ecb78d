#include "bench/uploads/catalog.h"

#include <filesystem>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "coordinator/store/await.h"
#include "coordinator/store/sqlite/database.h"
#include "coordinator/store/sqlite/sqlite_store.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kLookups = 20'000;
constexpr int kProbesOfATag = 4'600;  // one driver version on x86_64

// As Publish() writes them, with names and URLs as long as real ones.
constexpr char kFill[] = R"sql(
WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
INSERT INTO assets(driver_version, arch, target, kernel_release, kernel_version, kind, file_name,
  repository, tag, asset_name, url, sha256, size, job, epoch, worker, built_at, published_at, present)
SELECT (i / 4600) || '.0.0+driver', 'x86_64', 'debian', '6.1.0-' || i || '-cloud-amd64', '1', 'kmod',
  'falco_debian_6.1.0-' || i || '-cloud-amd64_1.ko', 'falco-drivers/probes',
  (i / 4600) || '.0.0+driver/x86_64', 'falco_debian_6.1.0-' || i || '-cloud-amd64_1.ko',
  'https://github.com/falco-drivers/probes/releases/download/' || (i / 4600) ||
    '.0.0%2Bdriver/x86_64/falco_debian_6.1.0-' || i || '-cloud-amd64_1.ko',
  lower(hex(randomblob(32))), 1000000 + i, i, 1, 'worker-' || (i % 8), 1800000000000000 + i,
  1800000000000000 + i, 1 FROM n)sql";

constexpr int64_t kBatch = 50'000;

std::string NameOf(int64_t number) {
  return absl::StrCat("falco_debian_6.1.0-", number, "-cloud-amd64_1.ko");
}
std::string TagOf(int64_t number) {
  return absl::StrCat(number / kProbesOfATag, ".0.0+driver/x86_64");
}

absl::StatusOr<std::unique_ptr<SqliteStore>> Open(std::string const& path, Clock& clock) {
  return SqliteStore::Open(path, clock, {});
}

absl::Status Fill(std::string const& path, int64_t probes) {
  ASSIGN_OR_RETURN(auto db, Database::Open(path, Database::Mode::kReadWrite));
  for (int64_t from = 0; from < probes; from += kBatch)
    RETURN_IF_ERROR(db->Run(kFill, from, std::min(probes, from + kBatch)));
  return db->Run("PRAGMA wal_checkpoint(TRUNCATE)");
}

// Microseconds each.
template <class Lookup>
absl::StatusOr<double> TimeLookups(int64_t probes, Lookup const& lookup) {
  std::mt19937_64 random(1);
  absl::Time const begin = absl::Now();
  for (int i = 0; i < kLookups; ++i) {
    auto const number = static_cast<int64_t>(random() % probes);
    RETURN_IF_ERROR(lookup(TagOf(number), NameOf(number)));
  }
  return absl::ToDoubleMicroseconds(absl::Now() - begin) / kLookups;
}

}  // namespace

absl::StatusOr<nlohmann::json> MeasureCatalog(std::string const& path, int64_t probes) {
  SystemClock clock;
  RETURN_IF_ERROR(Open(path, clock).status());  // the schema
  int64_t const before = static_cast<int64_t>(std::filesystem::file_size(path));
  RETURN_IF_ERROR(Fill(path, probes));
  int64_t const bytes = static_cast<int64_t>(std::filesystem::file_size(path)) - before;
  ASSIGN_OR_RETURN(auto store, Open(path, clock));
  auto const ask = [&](std::string const& tag, std::string const& name) {
    return Await<PublishedAsset>([&](auto done) { store->FindAsset(tag, name, std::move(done)); })
        .status();
  };
  ASSIGN_OR_RETURN(double const by_store, TimeLookups(probes, ask));
  ASSIGN_OR_RETURN(auto db, Database::Open(path, Database::Mode::kReadOnly));
  auto const query = [&](std::string const& tag, std::string const& name) {
    Statement found = db->Query("SELECT * FROM assets WHERE tag = ? AND asset_name = ?", tag, name);
    if (found.Step()) return absl::OkStatus();
    return absl::NotFoundError(absl::StrCat("no ", tag, "/", name));
  };
  ASSIGN_OR_RETURN(double const by_connection, TimeLookups(probes, query));
  return nlohmann::json{{"catalog_mb", static_cast<double>(bytes) / 1e6},
                        {"store_lookup_us", by_store},
                        {"lookup_us", by_connection}};
}

}  // namespace probefarm
