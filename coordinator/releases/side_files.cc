#include "coordinator/releases/side_files.h"

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "coordinator/releases/recorded_assets.h"
#include "coordinator/store/await.h"
#include "lib/index/sha256sums.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<std::string> RenderSums(std::vector<PublishedAsset> const& assets) {
  std::vector<Sha256SumsLine> lines;
  lines.reserve(assets.size());
  for (PublishedAsset const& asset : assets) lines.push_back({asset.asset_name, asset.sha256});
  return RenderSha256Sums(std::move(lines));
}

}  // namespace

SideFiles::SideFiles(Store* store, ReleaseHost* host, Metrics* metrics)
    : store_(store), host_(host), metrics_(metrics) {}

void SideFiles::RunOnce() {
  absl::Status status = WriteStale();
  MutexLock lock(mu_);
  last_error_ = std::move(status);
}

absl::Status SideFiles::last_error() const {
  MutexLock lock(mu_);
  return last_error_;
}

absl::Status SideFiles::WriteStale() {
  ASSIGN_OR_RETURN(std::vector<StaleRelease> const stale,
                   Await<std::vector<StaleRelease>>(
                       [this](auto done) { store_->StaleReleases(std::move(done)); }));
  metrics_->Set("probefarm_stale_releases", "Releases whose side files are older than the catalog",
                {}, static_cast<double>(stale.size()));
  absl::Status first_error;
  int failures = 0;
  for (StaleRelease const& release : stale) {
    absl::Status const status = Annotate(Write(release), absl::StrCat("release ", release.tag));
    if (status.ok()) continue;
    Log(LogLevel::kWarning, "side files were not written",
        {{"tag", release.tag}, {"error", status.ToString()}});
    ++failures;
    first_error.Update(status);
  }
  metrics_->Count("probefarm_side_file_failures_total", "Releases whose side files failed", {},
                  failures);
  return first_error;
}

absl::Status SideFiles::Write(StaleRelease const& release) {
  AssetFilter const held{.tag = release.tag, .presence = AssetPresence::kPresent};
  ASSIGN_OR_RETURN(std::vector<PublishedAsset> const assets, RecordedAssets(*store_, held));
  ASSIGN_OR_RETURN(std::string const sums, RenderSums(assets));
  RETURN_IF_ERROR(host_->WriteSideFile(release.tag, kSha256SumsName, sums));
  return Await<bool>([&](auto done) {
           store_->SideFilesWritten(release.tag, release.revision, std::move(done));
         })
      .status();
}

}  // namespace probefarm
