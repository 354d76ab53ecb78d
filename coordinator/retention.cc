#include "coordinator/retention.h"

#include "coordinator/store/await.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

constexpr int kPiece = 200;

}  // namespace

void PruneJobs(Store& store, Retention const& retention) {
  int64_t all = 0;
  int64_t forgotten = kPiece;
  while (forgotten == kPiece) {
    absl::StatusOr<int64_t> const piece =
        Await<int64_t>([&](auto done) { store.Prune(retention, kPiece, std::move(done)); });
    if (!piece.ok()) {
      Log(LogLevel::kWarning, "old jobs were not forgotten",
          {{"error", piece.status().ToString()}});
      return;
    }
    forgotten = *piece;
    all += forgotten;
  }
  if (all > 0) Log(LogLevel::kInfo, "old jobs forgotten", {{"jobs", all}});
}

void DropOldLogs(Store& store, absl::Time before) {
  absl::StatusOr<bool> dropped = true;
  while (dropped.ok() && *dropped)
    dropped = Await<bool>([&](auto done) { store.DropBundledLogs(before, std::move(done)); });
  if (!dropped.ok())
    Log(LogLevel::kWarning, "old logs were not forgotten",
        {{"error", dropped.status().ToString()}});
}

}  // namespace probefarm
