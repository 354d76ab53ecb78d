#include "client/releases/provenance_search.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/releases/release_record.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"
#include "lib/signing/dsse_envelope.h"

namespace probefarm {
namespace {

constexpr size_t kMaxLine = size_t{4} << 20;
constexpr size_t kMaxShownId = 40;

// It comes from outside, and is shown in a terminal.
std::string ClaimedSigner(DsseEnvelope const& envelope) {
  if (envelope.signatures.empty()) return "";
  return absl::CHexEscape(envelope.signatures[0].key_id.substr(0, kMaxShownId));
}

absl::Status OtherSigner(DsseEnvelope const& envelope, absl::string_view about,
                         std::vector<PublicKey> const& keys) {
  std::string const signer = ClaimedSigner(envelope);
  if (envelope.signatures.empty())
    return absl::DataLossError(absl::StrCat("the provenance of ", about, " is not signed"));
  for (PublicKey const& key : keys) {
    if (key.id() == signer)
      return absl::DataLossError(
          absl::StrCat("the provenance of ", about, " is not what was signed with key ", signer));
  }
  return absl::DataLossError(absl::StrCat("the provenance of ", about,
                                          " was signed with another key: id ", signer,
                                          ", yours is ", IdsOf(keys)));
}

}  // namespace

ProvenanceSearch::ProvenanceSearch(std::string asset_name, std::string sha256,
                                   std::vector<PublicKey> keys)
    : asset_name_(std::move(asset_name)),
      sha256_(std::move(sha256)),
      keys_(std::move(keys)),
      found_(absl::DataLossError(absl::StrCat(kProvenanceName, " says nothing of ", asset_name_))) {
}

absl::Status ProvenanceSearch::Add(absl::string_view piece) {
  for (size_t end = piece.find('\n'); end != absl::string_view::npos; end = piece.find('\n')) {
    absl::StrAppend(&pending_, piece.substr(0, end));
    piece.remove_prefix(end + 1);
    RETURN_IF_ERROR(AddLine(std::exchange(pending_, "")));
  }
  absl::StrAppend(&pending_, piece);
  if (pending_.size() <= kMaxLine) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(kProvenanceName, " line ", lines_ + 1, " has more than 4 MB"));
}

absl::Status ProvenanceSearch::AddLine(absl::string_view line) {
  ++lines_;
  absl::StatusOr<DsseEnvelope> const envelope = ParseDsse(line);
  if (!envelope.ok())
    return absl::DataLossError(
        absl::StrCat(kProvenanceName, " line ", lines_, ": ", envelope.status().message()));
  if (lines_ == 1) first_signer_ = ClaimedSigner(*envelope);
  // Most lines are about others: they are not taken apart further.
  if (found_.ok() || !absl::StrContains(envelope->payload, asset_name_)) return absl::OkStatus();
  return Look(*envelope);
}

absl::Status ProvenanceSearch::Look(DsseEnvelope const& envelope) {
  absl::StatusOr<Provenance> provenance = ProvenanceIn(envelope);
  if (!provenance.ok())
    return absl::DataLossError(
        absl::StrCat(kProvenanceName, " line ", lines_, ": ", provenance.status().message()));
  if (provenance->asset_name != asset_name_) return absl::OkStatus();
  PublicKey const* const signer = VerifyDsse(envelope, keys_);
  if (signer == nullptr) {
    found_ = OtherSigner(envelope, asset_name_, keys_);
  } else if (provenance->sha256 != sha256_) {
    found_ = absl::DataLossError(absl::StrCat("the provenance of ", asset_name_,
                                              " is about other bytes: SHA-256 ", provenance->sha256,
                                              ", not ", sha256_));
  } else {
    found_ = SignedProvenance{*std::move(provenance), signer->id()};
  }
  return absl::OkStatus();
}

absl::StatusOr<SignedProvenance> ProvenanceSearch::Finish() {
  if (!pending_.empty())
    return absl::DataLossError(absl::StrCat(kProvenanceName, " ends in the middle of a line"));
  return std::move(found_);
}

}  // namespace probefarm
