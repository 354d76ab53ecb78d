#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/releases/release_reader.h"
#include "client/releases/release_record.h"
#include "lib/http/http_client.h"
#include "lib/signing/public_key.h"

namespace probefarm {

// Which release is looked for, where, and whose signature it must have.
struct ReleaseQuestion {
  std::vector<Repository> repositories;  // tried in turn
  std::vector<std::string> tags;         // tried in turn in each
  std::string asset_name;                // what the release must list
  std::vector<PublicKey> keys;           // one of them signed; empty: whoever published
  // While a release is written its files do not fit together, for some seconds: how long to read
  // them again and again, in vain.
  absl::Duration patience = absl::Seconds(10);
  std::function<void(absl::Duration)> pause;  // waits so long
};

// A release that lists the asset, and what reads more of it.
struct FoundRelease {
  ReleaseReader reader;
  ReleaseRecord record;
};

// Reads the side files, SHA256SUMS first, until a release lists the asset. NOT_FOUND when none
// does, or there is no release; it names each that was looked at. FAILED_PRECONDITION when none
// does and one says that it was withdrawn, with when and why. DATA_LOSS when one is not what
// was signed (CheckRelease()) or not signed at all, with the id of the key that signed it where it
// is another one; no further release is looked at then. Otherwise the errors of ReleaseReader.
// Blocks.
absl::StatusOr<FoundRelease> FindRelease(HttpClient& http, ReleaseQuestion const& question);

}  // namespace probefarm
