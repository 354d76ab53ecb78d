#pragma once

#include <string>

#include "tests/testing/github/world.h"

namespace probefarm::fake_github {

// Things put into the world past all rules. Times that are not set become `now`, size and digest
// follow the bytes where they are not set. 0: no such repository (or release).
int64_t PlantRelease(World& world, std::string const& repository, FakeRelease release,
                     absl::Time now);
int64_t PlantAsset(World& world, std::string const& repository, std::string const& tag,
                   FakeAsset asset, absl::Time now);
// Makes the release if it is missing, and replaces the asset of that name.
int64_t PlantAssetByName(World& world, std::string const& repository, std::string const& tag,
                         FakeAsset asset, absl::Time now);

}  // namespace probefarm::fake_github
