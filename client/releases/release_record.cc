#include "client/releases/release_record.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/digest/sha256.h"
#include "lib/index/side_file_names.h"
#include "lib/index/tombstone.h"
#include "lib/runtime/status_macros.h"
#include "lib/signing/dsse_envelope.h"

namespace probefarm {
namespace {

// What is wrong with a file from outside is not the caller's mistake.
absl::Status Broken(absl::Status const& found, absl::string_view file) {
  return absl::DataLossError(absl::StrCat(file, ": ", found.message()));
}

}  // namespace

absl::StatusOr<ReleaseIndex> CheckIndex(ReleaseRecord const& record, std::string const& text,
                                        std::string const& tag) {
  absl::StatusOr<std::string> const listed = ListedSha256(record, kIndexName);
  if (!listed.ok()) return absl::DataLossError(listed.status().message());
  if (Sha256Hex(text) != *listed)
    return absl::DataLossError(
        absl::StrCat(kIndexName, " is not the one that ", kSha256SumsName, " lists"));
  absl::StatusOr<ReleaseIndex> index = ParseReleaseIndex(text);
  if (!index.ok()) return Broken(index.status(), kIndexName);
  if (index->tag == tag) return index;
  return absl::DataLossError(absl::StrCat("what is published as ", tag, " was signed as release ",
                                          absl::Utf8SafeCHexEscape(index->tag)));
}

std::string IdsOf(std::vector<PublicKey> const& keys) {
  return absl::StrJoin(
      keys, ", ", [](std::string* out, PublicKey const& key) { absl::StrAppend(out, key.id()); });
}

absl::StatusOr<std::string> SignerOf(ReleaseTexts const& texts,
                                     std::vector<PublicKey> const& keys) {
  if (texts.signature.size() != kSignatureBytes)
    return absl::DataLossError(absl::StrCat(kSha256SumsSignatureName, " is no signature: it has ",
                                            texts.signature.size(), " bytes, not ",
                                            kSignatureBytes));
  for (PublicKey const& key : keys) {
    if (key.Verifies(texts.sums, texts.signature)) return key.id();
  }
  return absl::DataLossError(
      absl::StrCat(kSha256SumsName, " is not what was signed with ", IdsOf(keys)));
}

absl::StatusOr<ReleaseRecord> ReadUnsignedRelease(absl::string_view sums) {
  ReleaseRecord record;
  absl::StatusOr<std::vector<Sha256SumsLine>> lines = ParseSha256Sums(sums);
  if (!lines.ok()) return Broken(lines.status(), kSha256SumsName);
  record.sums = *std::move(lines);
  return record;
}

absl::StatusOr<ReleaseRecord> CheckRelease(ReleaseTexts const& texts, std::string const& tag,
                                           std::vector<PublicKey> const& keys) {
  ASSIGN_OR_RETURN(std::string signer, SignerOf(texts, keys));
  ASSIGN_OR_RETURN(ReleaseRecord record, ReadUnsignedRelease(texts.sums));
  record.key_id = std::move(signer);
  ASSIGN_OR_RETURN(record.index, CheckIndex(record, texts.index, tag));
  return record;
}

absl::StatusOr<std::string> ListedSha256(ReleaseRecord const& record, std::string const& name) {
  auto const found =
      std::lower_bound(record.sums.begin(), record.sums.end(), name,
                       [](Sha256SumsLine const& line, auto const& key) { return line.name < key; });
  if (found != record.sums.end() && found->name == name) return found->sha256;
  return absl::NotFoundError(absl::StrCat(kSha256SumsName, " does not list ", name));
}

absl::StatusOr<IndexedProbe> IndexedAsset(ReleaseRecord const& record, std::string const& name) {
  ASSIGN_OR_RETURN(std::string const listed, ListedSha256(record, name));
  auto const found =
      std::find_if(record.index.probes.begin(), record.index.probes.end(),
                   [&name](IndexedProbe const& probe) { return probe.asset_name == name; });
  if (found == record.index.probes.end())
    return absl::DataLossError(absl::StrCat(kIndexName, " does not list ", name));
  if (found->sha256 == listed) return *found;
  return absl::DataLossError(absl::StrCat("of ", name, " ", kSha256SumsName, " lists ", listed,
                                          ", ", kIndexName, " ", found->sha256));
}

absl::Status CheckNotWithdrawn(ReleaseRecord const& record, std::string const& name,
                               std::vector<PublicKey> const& keys, std::string const& sha256) {
  SignedTombstone const* const found = FindTombstone(record.index, name, sha256);
  if (found == nullptr) return absl::OkStatus();
  Tombstone const& tombstone = found->tombstone;
  if (tombstone.tag != record.index.tag)
    return absl::DataLossError(
        absl::StrCat("the tombstone of ", name, " is of another release than its index"));
  if (!keys.empty() && VerifyDsse(found->statement, keys) == nullptr)
    return absl::DataLossError(
        absl::StrCat("the tombstone of ", name, " is not signed with ", IdsOf(keys)));
  return absl::FailedPreconditionError(
      absl::StrCat(name, " with SHA-256 ", tombstone.sha256, " was ",
                   WithdrawnText(tombstone.withdrawn_at, tombstone.reason),
                   keys.empty() ? " (nobody has checked who says so: give --public-key)" : ""));
}

}  // namespace probefarm
