#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/index/release_index.h"
#include "lib/index/sha256sums.h"
#include "lib/signing/public_key.h"

namespace probefarm {

// The side files of a release, as they were fetched, in the order in which they must be: see
// coordinator/releases/side_files.h.
struct ReleaseTexts {
  std::string sums;       // SHA256SUMS
  std::string signature;  // SHA256SUMS.sig
  std::string index;      // index.json
};

// What a release says of itself, once it was found true.
struct ReleaseRecord {
  std::string key_id;                // who signed it; empty: nobody asked
  std::vector<Sha256SumsLine> sums;  // by name
  // When nobody asked who signed: empty, but for what index.json says of withdrawals, where that
  // was looked for.
  ReleaseIndex index;
};

// Checks that one of `keys` signed SHA256SUMS, that index.json is the one listed there, and that it
// is of the release `tag`: names of probes hold neither driver version nor arch, and so SHA256SUMS
// of another release, signed too, could stand in its place. DATA_LOSS names the file that is not
// what was signed; the release may be in the middle of being written then. Pure; takes any text.
absl::StatusOr<ReleaseRecord> CheckRelease(ReleaseTexts const& texts, std::string const& tag,
                                           std::vector<PublicKey> const& keys);

// The id of the key that signed SHA256SUMS. DATA_LOSS when it is none of `keys`. Pure.
absl::StatusOr<std::string> SignerOf(ReleaseTexts const& texts, std::vector<PublicKey> const& keys);

// SHA256SUMS alone, whoever made it. DATA_LOSS when it is none. Pure.
absl::StatusOr<ReleaseRecord> ReadUnsignedRelease(absl::string_view sums);

// An index.json that was fetched by itself: DATA_LOSS when it is not the one that `record` lists,
// or of another release than `tag`. Pure.
absl::StatusOr<ReleaseIndex> CheckIndex(ReleaseRecord const& record, std::string const& text,
                                        std::string const& tag);

// The digest that is listed for a name. NOT_FOUND. Pure, like all below.
absl::StatusOr<std::string> ListedSha256(ReleaseRecord const& record, std::string const& name);

// The index's entry of an asset, whose digest is the listed one. NOT_FOUND when the asset is not
// listed, DATA_LOSS when the index does not agree.
absl::StatusOr<IndexedProbe> IndexedAsset(ReleaseRecord const& record, std::string const& name);

// FAILED_PRECONDITION, with when and why, when the index says that the asset was withdrawn; of
// those bytes alone where `sha256` is not empty. DATA_LOSS when it says so and none of `keys` has
// signed that; without keys nobody is asked. OK when it says nothing of the kind.
absl::Status CheckNotWithdrawn(ReleaseRecord const& record, std::string const& name,
                               std::vector<PublicKey> const& keys, std::string const& sha256 = "");

// "06e3fd8fda29bb60", or several with commas.
std::string IdsOf(std::vector<PublicKey> const& keys);

}  // namespace probefarm
