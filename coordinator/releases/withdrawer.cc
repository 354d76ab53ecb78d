#include "coordinator/releases/withdrawer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "coordinator/releases/adopted_entry.h"
#include "coordinator/releases/recorded_assets.h"
#include "coordinator/store/await.h"
#include "lib/build/build_spec.h"
#include "lib/digest/hex.h"
#include "lib/driver/asset_name.h"
#include "lib/index/provenance.h"
#include "lib/index/side_file_names.h"
#include "lib/index/tombstone.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMostNamed = 20;  // in a message

absl::Status Check(WithdrawalWish const& wish) {
  if (!CheckFileName(wish.name).ok() || IsSideFileName(SanitizeAssetName(wish.name)))
    return absl::InvalidArgumentError(
        absl::StrCat("'", absl::Utf8SafeCHexEscape(wish.name), "' is no probe's name"));
  if (!wish.sha256.empty() && !IsSha256Hex(wish.sha256))
    return absl::InvalidArgumentError("sha256 is not 64 lower-case hexadecimal digits");
  return CheckWithdrawalReason(wish.reason);
}

// What has or had the name, as far as the wish tells it apart.
struct Found {
  std::vector<PublishedAsset> published;
  std::vector<Withdrawal> withdrawn;
};

absl::StatusOr<Found> Find(Store& store, WithdrawalWish const& wish) {
  AssetFilter const filter{.tag = wish.tag,
                           .asset_name = SanitizeAssetName(wish.name),
                           .driver_version = wish.driver_version,
                           .arch = wish.arch};
  Found found;
  ASSIGN_OR_RETURN(found.published, RecordedAssets(store, filter));
  ASSIGN_OR_RETURN(found.withdrawn, RecordedWithdrawals(store, {.asset = filter}));
  if (wish.sha256.empty()) return found;
  std::erase_if(found.published, [&](auto const& asset) { return asset.sha256 != wish.sha256; });
  std::erase_if(found.withdrawn, [&](auto const& was) { return was.asset.sha256 != wish.sha256; });
  return found;
}

// A wish that is repeated must not go on to another release once the first one's is withdrawn.
absl::Status CheckOneRelease(WithdrawalWish const& wish, Found const& found) {
  std::set<std::string> tags;
  for (PublishedAsset const& asset : found.published) tags.insert(asset.tag);
  for (Withdrawal const& withdrawal : found.withdrawn) tags.insert(withdrawal.asset.tag);
  if (tags.size() == 1) return absl::OkStatus();
  if (tags.empty())
    return absl::NotFoundError(
        absl::StrCat("nothing like it was published as ", wish.name,
                     ": `probefarm probes` lists what is, with the driver versions"));
  size_t const all = tags.size();
  while (tags.size() > kMostNamed) tags.erase(std::prev(tags.end()));
  return absl::InvalidArgumentError(absl::StrCat(
      wish.name, " is or was in ", all, " releases: ", absl::StrJoin(tags, ", "),
      all > kMostNamed ? ", …" : "", ": say which one with --tag, or with --driver and --arch"));
}

}  // namespace

Withdrawer::Withdrawer(Store* store, ReleaseHost* host, Metrics* metrics,
                       std::function<void()> on_withdrawn)
    : store_(store), host_(host), metrics_(metrics), on_withdrawn_(std::move(on_withdrawn)) {
  Count(0);
}

absl::StatusOr<WithdrawalOutcome> Withdrawer::Withdraw(WithdrawalWish const& wish) {
  RETURN_IF_ERROR(Check(wish));
  ASSIGN_OR_RETURN(Found const found, Find(*store_, wish));
  RETURN_IF_ERROR(CheckOneRelease(wish, found));
  if (!found.published.empty()) return Decide(found.published.front(), wish.reason);
  return WithdrawalOutcome{found.withdrawn.back(), true};
}

absl::StatusOr<WithdrawalOutcome> Withdrawer::Decide(PublishedAsset const& asset,
                                                     std::string const& reason) {
  WithdrawalOrder order{asset.tag, asset.asset_name, asset.sha256, reason};
  if (asset.adopted()) {
    ASSIGN_OR_RETURN(order.fingerprint, FingerprintOf(asset));
  }
  ASSIGN_OR_RETURN(WithdrawalOutcome outcome, Await<WithdrawalOutcome>([&](auto done) {
                     store_->Withdraw(std::move(order), std::move(done));
                   }));
  if (outcome.already) return outcome;
  Failpoint("withdraw.decided");
  Count(1);
  Log(LogLevel::kWarning, "a probe was withdrawn",
      {{"release", Describe(KeyOf(asset))},
       {"asset", asset.asset_name},
       {"sha256", asset.sha256},
       {"job", asset.job},
       {"reason", outcome.withdrawal.reason}});
  on_withdrawn_();
  return outcome;
}

absl::StatusOr<std::string> Withdrawer::FingerprintOf(PublishedAsset const& asset) {
  absl::StatusOr<std::string> const text = host_->ReadSideFile(KeyOf(asset), kProvenanceName);
  if (absl::IsNotFound(text.status())) return "";
  if (!text.ok())
    return absl::UnavailableError(
        absl::StrCat(asset.asset_name,
                     " was found at the release host, and its provenance there cannot be read now; "
                     "try again: ",
                     text.status().message()));
  std::string const line = KeptProvenance(*text).LineOf(asset);
  if (line.empty()) return "";
  ASSIGN_OR_RETURN(Provenance const provenance, ParseProvenance(line));
  absl::StatusOr<BuildSpec> const spec = ParseBuildSpec(provenance.spec);
  return spec.ok() ? InputsFingerprint(*spec) : "";
}

void Withdrawer::Count(int by) {
  metrics_->Count("probefarm_withdrawn_total", "Probes that were withdrawn", {}, by);
}

}  // namespace probefarm
