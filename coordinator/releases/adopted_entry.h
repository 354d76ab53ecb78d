#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/store/records.h"
#include "lib/index/release_index.h"

namespace probefarm {

// What an adopted asset has in index.json: what the index said of it that it was adopted from, with
// the place where it is now; `plain` when none did. INVALID_ARGUMENT when the record holds no
// entry. Pure.
absl::StatusOr<IndexedProbe> AdoptedEntry(PublishedAsset const& asset, IndexedProbe plain);

// The lines of a provenance.jsonl that is there, for assets whose spec this store does not have.
// Immutable.
class KeptProvenance {
 public:
  // What is no provenance in it is passed over.
  explicit KeptProvenance(absl::string_view text);

  // The line for the asset's name and digest, with its newline, letter by letter; empty when there
  // is none.
  std::string LineOf(PublishedAsset const& asset) const;

 private:
  std::map<std::pair<std::string, std::string>, std::string> lines_;  // by name and digest
};

}  // namespace probefarm
