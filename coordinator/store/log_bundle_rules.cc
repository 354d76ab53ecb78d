#include "coordinator/store/log_bundle_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/driver/log_bundle_name.h"

namespace probefarm {

absl::Status CheckLogBundle(ReleaseKey const& release, LogBundle const& bundle,
                            std::vector<BundledLog> const& logs,
                            std::vector<LogBundle> const& known) {
  if (bundle.number == 0 && logs.empty()) return absl::OkStatus();
  if (bundle.number < 1 || bundle.size < 0 || logs.empty())
    return absl::InvalidArgumentError(absl::StrCat("bundle ", bundle.number, " of release ",
                                                   Describe(release), " with ", logs.size(),
                                                   " logs"));
  bool const taken = std::any_of(known.begin(), known.end(), [&](LogBundle const& other) {
    return other.held && other.number >= bundle.number;
  });
  if (!taken) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "release ", Describe(release), " has ", LogBundleName(bundle.number), " or a later bundle"));
}

bool LogWaits(PublishedAsset const& asset) {
  return !asset.adopted() && asset.presence == AssetPresence::kPresent && asset.log.bundle == 0;
}

absl::Status NotWaiting(ReleaseKey const& release, std::string const& asset_name) {
  return absl::FailedPreconditionError(absl::StrCat("the log of ", Describe(release), "/",
                                                    asset_name, " does not wait for a bundle"));
}

LogPlace LogPlaceAfter(PublishedAsset const& before, PublishedAsset const& after) {
  bool const same = before.job == after.job && before.epoch == after.epoch &&
                    KeyOf(before) == KeyOf(after) && before.asset_name == after.asset_name;
  return same ? before.log : LogPlace();
}

absl::Status LogIsInBundle(PublishedAsset const& asset) {
  return absl::NotFoundError(absl::StrCat(
      "the log is kept in ", LogBundleName(asset.log.bundle), " of release ",
      Describe(KeyOf(asset)), ": probefarm logs ", asset.asset_name, " --tag ", asset.tag));
}

}  // namespace probefarm
