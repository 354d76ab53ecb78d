#include "client/releases/published_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/index/log_bundle.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int64_t kMaxIndex = int64_t{64} << 20;

// Who asks for no signature has not read the index yet.
absl::Status ReadIndex(FoundRelease& found) {
  if (!found.record.key_id.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::string const text, found.reader.SideFile(kIndexName, kMaxIndex));
  ASSIGN_OR_RETURN(found.record.index, CheckIndex(found.record, text, found.reader.tag()));
  return absl::OkStatus();
}

absl::StatusOr<IndexedLog> LogOf(ReleaseRecord const& record, std::string const& name) {
  ASSIGN_OR_RETURN(IndexedProbe const indexed, IndexedAsset(record, name));
  if (indexed.log) return *indexed.log;
  return absl::NotFoundError(absl::StrCat(
      "the build log of ", name,
      " is in no bundle of the release yet: ask the coordinator for job ", indexed.job));
}

absl::StatusOr<IndexedBundle> BundleOf(ReleaseRecord const& record, std::string const& name) {
  auto const& bundles = record.index.bundles;
  auto const found =
      std::find_if(bundles.begin(), bundles.end(),
                   [&name](IndexedBundle const& bundle) { return bundle.name == name; });
  if (found == bundles.end())
    return absl::DataLossError(absl::StrCat(kIndexName, " does not list ", name));
  absl::StatusOr<std::string> const listed = ListedSha256(record, name);
  if (listed.ok() && *listed == found->sha256) return *found;
  return absl::DataLossError(
      absl::StrCat("of ", name, " ", kSha256SumsName, " does not list what ", kIndexName, " does"));
}

absl::StatusOr<std::string> FetchBundle(ReleaseReader& reader, IndexedBundle const& bundle) {
  int64_t const most = std::min(bundle.size, kLargestLogBundle);
  absl::StatusOr<std::string> bytes = reader.SideFile(bundle.name, most);
  bool const too_much = absl::IsResourceExhausted(bytes.status());
  if (!bytes.ok() && !too_much) return bytes;
  if (!too_much && Sha256Hex(*bytes) == bundle.sha256) return bytes;
  return absl::DataLossError(absl::StrCat(reader.UrlOf(bundle.name), " is not what was published"));
}

}  // namespace

absl::StatusOr<PublishedLog> FetchPublishedLog(HttpClient& http, ReleaseQuestion const& question) {
  ASSIGN_OR_RETURN(FoundRelease found, FindRelease(http, question));
  RETURN_IF_ERROR(ReadIndex(found));
  ASSIGN_OR_RETURN(IndexedLog const log, LogOf(found.record, question.asset_name));
  ASSIGN_OR_RETURN(IndexedBundle const bundle, BundleOf(found.record, log.bundle));
  ASSIGN_OR_RETURN(std::string const bytes, FetchBundle(found.reader, bundle));
  absl::StatusOr<std::string> text = LogInBundle(bytes, question.asset_name);
  if (!text.ok() || Sha256Hex(*text) != log.sha256)
    return absl::DataLossError(absl::StrCat(log.bundle, " does not hold the log of ",
                                            question.asset_name, " that ", kIndexName, " lists"));
  return PublishedLog{found.record.key_id, log.bundle, *std::move(text)};
}

}  // namespace probefarm
