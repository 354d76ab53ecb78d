#include "coordinator/releases/adoption.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "coordinator/releases/probe_reading.h"
#include "lib/driver/asset_name.h"

namespace probefarm {
namespace {

// The entry agrees with its own name: who has written it counts as we do.
bool IsConsistent(IndexedProbe const& entry, HostedAsset const& held, AdoptionTerms const& terms) {
  return entry.asset_name == held.asset_name && ReleaseTag(entry.probe) == held.tag &&
         entry.file_name == ProbeFileName(terms.driver_name, entry.probe) &&
         SanitizeAssetName(entry.file_name) == held.asset_name;
}

std::optional<DisputedAsset> Dispute(std::string const& who, std::string const& sha256,
                                     int64_t size, HostedAsset const& held) {
  if (size == held.size && (held.sha256.empty() || held.sha256 == sha256)) return std::nullopt;
  return DisputedAsset{absl::StrCat(who, " has it with ", size, " bytes and sha256 ", sha256)};
}

Recognition FromCatalog(HostedAsset const& held, PublishedAsset const& recorded) {
  if (auto dispute = Dispute(absl::StrCat("the catalog, in release ", Describe(KeyOf(recorded))),
                             recorded.sha256, recorded.size, held))
    return *std::move(dispute);
  return RecognisedProbe{recorded.probe, recorded.file_name, recorded.sha256, recorded.index_entry,
                         recorded.published_at};
}

Recognition FromIndex(HostedAsset const& held, IndexedProbe const& entry) {
  if (auto dispute = Dispute("the release's index.json", entry.sha256, entry.size, held))
    return *std::move(dispute);
  return RecognisedProbe{entry.probe, entry.file_name, entry.sha256, RenderIndexedProbe(entry),
                         entry.published_at};
}

Recognition FromName(HostedAsset const& held, AdoptionTerms const& terms) {
  auto const wanted = terms.names.find({held.tag, held.asset_name});
  if (wanted != terms.names.end())
    return RecognisedProbe{wanted->second, ProbeFileName(terms.driver_name, wanted->second)};
  absl::StatusOr<ProbeId> const read =
      ReadProbe(terms.driver_name, terms.versions, held.tag, held.asset_name);
  if (!read.ok()) return ForeignFile{std::string(read.status().message())};
  if (!terms.names_complete) return NotYetKnown{"not every kernel feed has been read yet"};
  return RecognisedProbe{*read, ProbeFileName(terms.driver_name, *read)};
}

}  // namespace

Recognition Recognise(HostedAsset const& held, PublishedAsset const* recorded,
                      IndexedProbe const* entry, AdoptionTerms const& terms) {
  if (held.size == 0) return ForeignFile{"it is empty"};
  if (recorded != nullptr) return FromCatalog(held, *recorded);
  if (entry != nullptr && IsConsistent(*entry, held, terms)) return FromIndex(held, *entry);
  return FromName(held, terms);
}

PublishedAsset AdoptedAsset(HostedAsset const& held, RecognisedProbe const& recognised,
                            absl::Time now) {
  absl::Time const published = recognised.published_at.value_or(now);
  return {.probe = recognised.probe,
          .file_name = recognised.file_name,
          .repository = held.repository,
          .tag = held.tag,
          .asset_name = held.asset_name,
          .url = held.url,
          .sha256 = held.sha256,
          .size = held.size,
          .built_at = published,
          .published_at = published,
          .index_entry = recognised.index_entry};
}

}  // namespace probefarm
