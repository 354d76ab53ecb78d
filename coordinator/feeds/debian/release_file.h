#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace probefarm::debian {

// Of an index as it is downloaded, compressed or not.
struct IndexDigest {
  std::string sha256;  // 64 lower-case hexadecimal digits
  int64_t size = 0;    // bytes
};

// What a suite's Release file says of the suite and of its indexes. Fields are explained in the
// repository format, "Release" files. What this says can be trusted as far as the signature was
// checked.
struct ReleaseFile {
  std::string suite;     // "oldstable-security"
  std::string codename;  // "bookworm-security"
  absl::Time date;       // when it was made
  std::optional<absl::Time> valid_until;
  bool by_hash = false;                        // indexes can also be had by their digest
  std::map<std::string, IndexDigest> indexes;  // by path: "main/binary-amd64/Packages.xz"
};

// Reads the signed text of a Release or InRelease file, given without its signature. DATA_LOSS
// quotes what cannot be read: no name, no date, no or a broken SHA256 table, a field twice. More
// than 50,000 indexes are an error too. Fields that are not known are passed over. Pure.
absl::StatusOr<ReleaseFile> ParseReleaseFile(absl::string_view text);

// FAILED_PRECONDITION, naming the suite and the dates, when the file's Valid-Until has passed: a
// mirror that stopped, or somebody who withholds updates. OK where there is no such field. Pure.
absl::Status CheckStillValid(ReleaseFile const& release, absl::Time now);

}  // namespace probefarm::debian
