#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace probefarm {

struct GitHubHostOptions {
  std::vector<std::string> repositories;  // "owner/name", in the order in which they are filled
  std::string target;                     // branch or commit of new tags; empty: the default branch
  absl::Duration upload_time = absl::Minutes(15);    // of a grant
  absl::Duration starter_grace = absl::Minutes(10);  // before a stranger's leftover is deleted
  absl::Duration look_interval = absl::Seconds(30);  // between two looks at a release's list
  absl::Duration list_lag = absl::Minutes(1);        // lists may be behind by as much
  // What ListAssets() may download of lists that it knows; each changed page is one.
  int64_t pages_per_listing = std::numeric_limits<int64_t>::max();
};

}  // namespace probefarm
