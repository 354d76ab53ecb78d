#pragma once

#include <string>
#include <vector>

#include "tests/testing/github/fake_release.h"

namespace probefarm {

// What is wrong with the bundles of build logs of these releases; empty: nothing. Each bundle that
// a release holds is listed in its index and in SHA256SUMS, with its digest; each log that the
// index says to be in a bundle is there, with its digest, and in that one alone. Every log that is
// in no bundle is counted in `waiting`.
std::vector<std::string> AuditLogBundles(std::vector<FakeRelease> const& releases, int& waiting);

}  // namespace probefarm
