#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/index/provenance.h"
#include "lib/signing/public_key.h"

namespace probefarm {

// How an asset came to be, and who says so.
struct SignedProvenance {
  Provenance provenance;
  std::string key_id;
};

// Looks for the line about one asset in a provenance.jsonl that comes piece by piece; what is about
// others is not kept, for there may be thousands. Not thread-safe; pure otherwise.
//
//   ProvenanceSearch search("a.o", sha256, keys);
//   RETURN_IF_ERROR(reader.StreamSideFile(…, [&](auto piece) { return search.Add(piece); }));
//   ASSIGN_OR_RETURN(SignedProvenance const found, search.Finish());
class ProvenanceSearch {
 public:
  ProvenanceSearch(std::string asset_name, std::string sha256, std::vector<PublicKey> keys);

  // Pieces may be cut anywhere. DATA_LOSS, naming the line, for one that is no envelope, or longer
  // than the 4 MB that one may be.
  absl::Status Add(absl::string_view piece);

  // Once, at the end. The line's whose signature is by one of the keys and whose subject has name
  // and digest. DATA_LOSS when none is about the asset, or those that are were signed by nobody or
  // by another key, whose id it gives, or are about other bytes.
  absl::StatusOr<SignedProvenance> Finish();

  // Who says to have signed the first line, for messages: nobody vouches for it. Empty: nobody.
  std::string const& first_signer() const { return first_signer_; }

 private:
  absl::Status AddLine(absl::string_view line);
  absl::Status Look(DsseEnvelope const& envelope);

  std::string const asset_name_;
  std::string const sha256_;
  std::vector<PublicKey> const keys_;
  std::string pending_;  // the start of a line
  int lines_ = 0;
  std::string first_signer_;
  // What came of the lines about the asset so far.
  absl::StatusOr<SignedProvenance> found_;
};

}  // namespace probefarm
