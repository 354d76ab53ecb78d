#include "coordinator/releases/side_files.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "coordinator/releases/recorded_assets.h"
#include "coordinator/releases/release_notes.h"
#include "coordinator/releases/withdrawn_entry.h"
#include "coordinator/store/await.h"
#include "lib/build/build_spec.h"
#include "lib/digest/sha256.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/index/provenance.h"
#include "lib/index/release_index.h"
#include "lib/index/sha256sums.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<std::string> RenderSums(std::vector<PublishedAsset> const& assets,
                                       std::vector<IndexedBundle> const& bundles,
                                       std::string const& index, std::string const& provenance) {
  std::vector<Sha256SumsLine> lines = {{kIndexName, Sha256Hex(index)},
                                       {kProvenanceName, Sha256Hex(provenance)}};
  lines.reserve(lines.size() + assets.size() + bundles.size());
  for (PublishedAsset const& asset : assets) lines.push_back({asset.asset_name, asset.sha256});
  for (IndexedBundle const& bundle : bundles) lines.push_back({bundle.name, bundle.sha256});
  return RenderSha256Sums(std::move(lines));
}

IndexedInput Indexed(Input const& input) { return {input.name, input.sha256}; }

std::vector<IndexedInput> Indexed(std::vector<ArchiveInput> const& archives) {
  std::vector<IndexedInput> inputs;
  inputs.reserve(archives.size());
  for (ArchiveInput const& archive : archives) inputs.push_back(Indexed(archive.file));
  return inputs;
}

bool Holds(std::vector<IndexedBundle> const& bundles, std::string const& name) {
  return std::any_of(bundles.begin(), bundles.end(),
                     [&](IndexedBundle const& bundle) { return bundle.name == name; });
}

std::optional<IndexedLog> Indexed(LogPlace const& place,
                                  std::vector<IndexedBundle> const& bundles) {
  if (place.bundle == 0) return std::nullopt;
  std::string name = LogBundleName(place.bundle);
  if (!Holds(bundles, name)) return std::nullopt;
  return IndexedLog{std::move(name), place.sha256, place.size};
}

// All but how it was built.
IndexedProbe WithoutInputs(PublishedAsset const& asset) {
  IndexedProbe indexed;
  indexed.probe = asset.probe;
  indexed.file_name = asset.file_name;
  indexed.asset_name = asset.asset_name;
  indexed.url = asset.url;
  indexed.sha256 = asset.sha256;
  indexed.size = asset.size;
  indexed.job = asset.job;
  indexed.worker = asset.worker;
  indexed.published_at = asset.published_at;
  return indexed;
}

IndexedProbe Indexed(PublishedAsset const& asset, BuildSpec const& spec) {
  IndexedProbe indexed = WithoutInputs(asset);
  indexed.builder = Indexed(spec.image.archive);
  indexed.headers = Indexed(spec.headers);
  indexed.source = Indexed(spec.source);
  return indexed;
}

Provenance ProvenanceOf(PublishedAsset const& asset, std::string spec) {
  return {asset.asset_name, asset.sha256, std::move(spec),   asset.job,
          asset.epoch,      asset.worker, asset.published_at};
}

}  // namespace

SideFiles::SideFiles(Store* store, ReleaseHost* host, Metrics* metrics, SigningKey const* key)
    : store_(store), host_(host), metrics_(metrics), key_(key) {}

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
    absl::Status const status =
        Annotate(Write(release), absl::StrCat("release ", Describe(release.release)));
    if (status.ok()) continue;
    Log(LogLevel::kWarning, "side files were not written",
        {{"release", Describe(release.release)}, {"error", status.ToString()}});
    ++failures;
    first_error.Update(status);
  }
  metrics_->Count("probefarm_side_file_failures_total", "Releases whose side files failed", {},
                  failures);
  return first_error;
}

absl::Status SideFiles::Write(StaleRelease const& release) {
  AssetFilter const held{.repository = release.release.repository,
                         .tag = release.release.tag,
                         .presence = AssetPresence::kPresent};
  ASSIGN_OR_RETURN(std::vector<PublishedAsset> assets, RecordedAssets(*store_, held));
  // The same files, whatever the order in which the catalog came to know them.
  std::sort(assets.begin(), assets.end(), [](PublishedAsset const& a, PublishedAsset const& b) {
    return a.asset_name < b.asset_name;
  });
  ReleaseIndex index{release.release.tag, {}, {}};
  ASSIGN_OR_RETURN(index.bundles, BundlesOf(release.release));
  std::string provenance;
  ASSIGN_OR_RETURN(KeptProvenance const kept, KeptOf(release.release, assets));
  for (PublishedAsset const& asset : assets) {
    if (asset.adopted()) {
      ASSIGN_OR_RETURN(IndexedProbe entry, AdoptedEntry(asset, WithoutInputs(asset)));
      if (entry.log && !Holds(index.bundles, entry.log->bundle)) entry.log.reset();
      index.probes.push_back(std::move(entry));
      provenance += kept.LineOf(asset);
      continue;
    }
    ASSIGN_OR_RETURN(std::string spec_text, SpecOf(asset));
    ASSIGN_OR_RETURN(BuildSpec const spec, ParseBuildSpec(spec_text));
    index.probes.push_back(Indexed(asset, spec));
    index.probes.back().log = Indexed(asset.log, index.bundles);
    ASSIGN_OR_RETURN(std::string const line,
                     RenderProvenance(ProvenanceOf(asset, std::move(spec_text)), key_));
    provenance += line;
  }
  ASSIGN_OR_RETURN(index.withdrawn, TombstonesOf(release.release));
  std::string const index_text = RenderReleaseIndex(index);
  ASSIGN_OR_RETURN(std::string const sums,
                   RenderSums(assets, index.bundles, index_text, provenance));
  RETURN_IF_ERROR(host_->WriteSideFile(release.release, kProvenanceName, provenance));
  RETURN_IF_ERROR(host_->WriteSideFile(release.release, kIndexName, index_text));
  RETURN_IF_ERROR(WriteSums(release.release, sums));
  RETURN_IF_ERROR(host_->WriteNotes(
      release.release, RenderReleaseNotes(index, key_ == nullptr ? "" : key_->public_key().id())));
  Failpoint("side_files.put");
  return Await<bool>([&](auto done) {
           store_->SideFilesWritten(release.release, release.revision, std::move(done));
         })
      .status();
}

absl::StatusOr<std::vector<SignedTombstone>> SideFiles::TombstonesOf(ReleaseKey const& release) {
  AssetFilter const of_release{.repository = release.repository, .tag = release.tag};
  ASSIGN_OR_RETURN(std::vector<Withdrawal> const withdrawals,
                   RecordedWithdrawals(*store_, {.asset = of_release}));
  std::vector<SignedTombstone> tombstones;
  for (Withdrawal const& withdrawal : withdrawals) {
    ASSIGN_OR_RETURN(SignedTombstone tombstone, SignTombstone(TombstoneOf(withdrawal), key_));
    tombstones.push_back(std::move(tombstone));
  }
  return tombstones;
}

absl::Status SideFiles::WriteSums(ReleaseKey const& release, std::string const& sums) {
  if (key_ != nullptr) {
    ASSIGN_OR_RETURN(std::string const signature, key_->Sign(sums));
    RETURN_IF_ERROR(host_->WriteSideFile(release, kSha256SumsSignatureName, signature));
  }
  return host_->WriteSideFile(release, kSha256SumsName, sums);
}

absl::StatusOr<std::vector<IndexedBundle>> SideFiles::BundlesOf(ReleaseKey const& release) {
  ASSIGN_OR_RETURN(std::vector<LogBundle> const bundles,
                   Await<std::vector<LogBundle>>(
                       [&](auto done) { store_->ListLogBundles(release, std::move(done)); }));
  std::vector<IndexedBundle> held;
  for (LogBundle const& bundle : bundles) {
    if (bundle.held) held.push_back({LogBundleName(bundle.number), bundle.sha256, bundle.size});
  }
  return held;
}

absl::StatusOr<KeptProvenance> SideFiles::KeptOf(ReleaseKey const& release,
                                                 std::vector<PublishedAsset> const& assets) {
  bool const any = std::any_of(assets.begin(), assets.end(),
                               [](PublishedAsset const& asset) { return asset.adopted(); });
  if (!any) return KeptProvenance("");
  absl::StatusOr<std::string> const text = host_->ReadSideFile(release, kProvenanceName);
  if (absl::IsNotFound(text.status())) return KeptProvenance("");
  RETURN_IF_ERROR(text.status());
  return KeptProvenance(*text);
}

absl::StatusOr<std::string> SideFiles::SpecOf(PublishedAsset const& asset) {
  return Await<std::string>([&](auto done) { store_->GetSpec(asset.job, std::move(done)); });
}

}  // namespace probefarm
