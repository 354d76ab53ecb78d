#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// What clients may enqueue, and how long jobs are remembered.
struct JobConfig {
  // Whoever may call Enqueue then decides what runs in the builders and what is published.
  bool accept_specs = false;
  // Of jobs that are over: how long, and how many at most. What Store::Prune() never forgets is
  // kept whatever these say.
  absl::Duration keep = absl::Hours(24 * 90);
  int64_t keep_count = 100'000;
  friend bool operator==(JobConfig const&, JobConfig const&) = default;
};

// The mapping `jobs`. Optional, with defaults for each key: `accept_specs`, `keep` (1 h to 10
// years) and `keep_count` (0 to 10 million).
JobConfig ReadJobConfig(YamlMapping& top);

}  // namespace probefarm
