#include "coordinator/releases/tombstone_recall.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/withdrawn_entry.h"
#include "coordinator/store/await.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"
#include "lib/signing/dsse_envelope.h"

namespace probefarm {
namespace {

void LogUseless(ReleaseKey const& release, std::string const& why) {
  Log(LogLevel::kWarning, "the index of a release tells of no withdrawals that can be used",
      {{"release", Describe(release)}, {"error", why}});
}

}  // namespace

absl::StatusOr<int64_t> TombstoneRecall::RunOnce() {
  CountRefused(0);
  ASSIGN_OR_RETURN(std::vector<ReleaseKey> const releases, host_->ListIndexes());
  int64_t recalled = 0;
  for (ReleaseKey const& release : releases) {
    if (WasRead(release)) continue;
    ASSIGN_OR_RETURN(int64_t const of_release, Recall(release));
    recalled += of_release;
    MutexLock lock(mu_);
    read_.insert(release);
  }
  return recalled;
}

bool TombstoneRecall::WasRead(ReleaseKey const& release) {
  MutexLock lock(mu_);
  return read_.contains(release);
}

absl::StatusOr<int64_t> TombstoneRecall::Recall(ReleaseKey const& release) {
  ASSIGN_OR_RETURN(std::optional<ReleaseIndex> const index, Read(release));
  if (!index) return 0;
  int64_t recalled = 0;
  for (SignedTombstone const& entry : index->withdrawn) {
    if (!IsBelieved(release, entry)) {
      CountRefused(1);
      Log(LogLevel::kError, "a tombstone is not signed with the farm's key, and not believed",
          {{"release", Describe(release)}, {"asset", entry.tombstone.asset_name}});
      continue;
    }
    ASSIGN_OR_RETURN(bool const is_new, Await<bool>([&](auto done) {
                       store_->RecallWithdrawal(WithdrawalOf(release, entry.tombstone),
                                                std::move(done));
                     }));
    if (!is_new) continue;
    ++recalled;
    Log(LogLevel::kWarning, "a withdrawal was found in a release",
        {{"release", Describe(release)},
         {"asset", entry.tombstone.asset_name},
         {"sha256", entry.tombstone.sha256},
         {"reason", entry.tombstone.reason}});
  }
  return recalled;
}

absl::StatusOr<std::optional<ReleaseIndex>> TombstoneRecall::Read(ReleaseKey const& release) {
  absl::StatusOr<std::string> const text = host_->ReadSideFile(release, kIndexName);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (absl::IsResourceExhausted(text.status())) {
    LogUseless(release, text.status().ToString());
    return std::nullopt;
  }
  if (!text.ok())
    return Annotate(text.status(),
                    absl::StrCat("look for withdrawals in release ", Describe(release)));
  absl::StatusOr<ReleaseIndex> index = ParseReleaseIndex(*text);
  if (index.ok() && index->tag == release.tag) return *std::move(index);
  LogUseless(release,
             index.ok() ? absl::StrCat("it is of ", index->tag) : index.status().ToString());
  return std::nullopt;
}

bool TombstoneRecall::IsBelieved(ReleaseKey const& release, SignedTombstone const& entry) const {
  if (entry.tombstone.tag != release.tag) return false;
  return key_ == nullptr || VerifyDsse(entry.statement, {key_->public_key()}) != nullptr;
}

void TombstoneRecall::CountRefused(int by) {
  metrics_->Count("probefarm_tombstones_refused_total",
                  "Withdrawals in a release that the farm has not signed", {}, by);
}

}  // namespace probefarm
