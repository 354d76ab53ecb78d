#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/planning/probe_names.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/records.h"
#include "lib/index/release_index.h"

namespace probefarm {

// What tells probes from other people's files, at one moment.
struct AdoptionTerms {
  std::string driver_name;
  std::vector<std::string> versions;  // of the drivers that are configured
  ProbeNames names;                   // of what is wanted, and of what could be
  // Every feed has been read: a name that is not in `names` is of no kernel that they list. Before,
  // no name is read by the rule, which cannot tell what GitHub has rewritten.
  bool names_complete = false;
};

// A probe of this farm's that somebody has published.
struct RecognisedProbe {
  ProbeId probe;
  std::string file_name;
  std::string sha256 = {};       // what it must have; empty: whatever the host holds
  std::string index_entry = {};  // as PublishedAsset's
  std::optional<absl::Time> published_at = std::nullopt;
  friend bool operator==(RecognisedProbe const&, RecognisedProbe const&) = default;
};
struct NotYetKnown {
  std::string why;
};
// The name is a probe's, but what is there is not what was said of it.
struct DisputedAsset {
  std::string why;
};
struct ForeignFile {
  std::string why;
};
using Recognition = std::variant<RecognisedProbe, NotYetKnown, DisputedAsset, ForeignFile>;

// What an asset is that the catalog has not where it lies. `recorded` is what the catalog has under
// the same tag and name elsewhere, `entry` what the release's own index says under the name; null
// when there is none. Believed in this order:
//
//   1. the catalog;
//   2. the index, when its entry is of the name and the tag that loaders ask for. Where digest or
//      size are not as the host holds them the asset is disputed, and nobody else is asked;
//   3. the names of the wanted matrix, exactly;
//   4. the rule of names (ReadProbe()).
//
// A digest that the host does not tell is compared by the caller, with RecognisedProbe::sha256.
// Pure.
Recognition Recognise(HostedAsset const& held, PublishedAsset const* recorded,
                      IndexedProbe const* entry, AdoptionTerms const& terms);

// The catalog's row for it. `held` has its digest. Pure.
PublishedAsset AdoptedAsset(HostedAsset const& held, RecognisedProbe const& recognised,
                            absl::Time now);

}  // namespace probefarm
