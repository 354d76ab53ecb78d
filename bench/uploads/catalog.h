#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"

namespace probefarm {

// What a catalog of so many probes takes on disk, and what a lookup by name costs: of random names,
// one after the other, from the store as the coordinator asks it, and by a connection alone. Makes
// the database at `path`, which is not there yet, with rows as a publication writes them.
//
//   {"catalog_mb": 612.5, "store_lookup_us": 25.1, "lookup_us": 5.2}
absl::StatusOr<nlohmann::json> MeasureCatalog(std::string const& path, int64_t probes);

}  // namespace probefarm
