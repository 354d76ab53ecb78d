#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/crash/upload_load.h"

namespace probefarm {

// Orders so many probes from the coordinator at `address`, has light workers publish them, and
// waits until all are in the catalog. DEADLINE_EXCEEDED says how many were not, and what became of
// the first of them.
//
//   {"probes": 500, "seconds": 12.5, "uploads": 500}
absl::StatusOr<nlohmann::json> PublishProbes(std::string const& address,
                                             UploadLoadOptions const& options, int probes,
                                             absl::Duration patience);

}  // namespace probefarm
