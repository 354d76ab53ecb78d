#include "coordinator/releases/adopted_entry.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/index/provenance.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::StatusOr<IndexedProbe> AdoptedEntry(PublishedAsset const& asset, IndexedProbe plain) {
  if (asset.index_entry.empty()) return plain;
  absl::StatusOr<IndexedProbe> said = ParseIndexedProbe(asset.index_entry);
  if (!said.ok()) return Annotate(said.status(), asset.asset_name);
  plain.job = said->job;
  plain.worker = std::move(said->worker);
  plain.builder = std::move(said->builder);
  plain.headers = std::move(said->headers);
  plain.source = std::move(said->source);
  plain.log = std::move(said->log);
  return plain;
}

KeptProvenance::KeptProvenance(absl::string_view text) {
  for (absl::string_view const line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    absl::StatusOr<Provenance> const read = ParseProvenance(line);
    if (read.ok()) lines_[{read->asset_name, read->sha256}] = absl::StrCat(line, "\n");
  }
}

std::string KeptProvenance::LineOf(PublishedAsset const& asset) const {
  auto const found = lines_.find({asset.asset_name, asset.sha256});
  return found == lines_.end() ? "" : found->second;
}

}  // namespace probefarm
