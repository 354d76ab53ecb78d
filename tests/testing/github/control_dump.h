#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "tests/testing/github/fake_github.h"
#include "tests/testing/github/world.h"

namespace probefarm::fake_github {

// What the control endpoint shows. Pure.
//
//   {"o/r": {"releases": [{"id", "tag", "draft", …, "assets": [{"id", "name", …}]}],
//            "files": {"CHANGELOG.md": "<sha>"}}}
nlohmann::json DumpState(World& world);
nlohmann::json DumpCounters(FakeCounters const& counters);
nlohmann::json DumpRequests(std::vector<FakeRequest> const& requests);

}  // namespace probefarm::fake_github
