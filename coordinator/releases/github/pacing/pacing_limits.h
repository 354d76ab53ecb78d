#pragma once

#include "lib/config/yaml_reader.h"

namespace probefarm {

// What the host allows one token, and how much of it we take. Any span of the named length, not a
// calendar's minute or hour. The defaults are GitHub's limits for a token of a person or of an App.
//
//   releases:
//     github:
//       limits: {primary_reserve: 1000}
struct PacingLimits {
  // Content creation: writes and uploads. One a second is GitHub's advice, the others its limits.
  int writes_per_second = 1;
  int writes_per_minute = 80;
  int writes_per_hour = 500;
  int secondary_points_per_minute = 900;  // a read costs 1, a write or an upload 5
  int primary_points_per_hour = 5000;     // a request costs 1, an upload 2
  // Primary points that are left to whoever else uses the token.
  int primary_reserve = 200;
  // The part of primary and of secondary points that reads may use, so that a long reconciliation
  // leaves uploads theirs.
  double read_share = 0.5;
  int concurrent_requests = 100;  // uploads at workers included
  friend bool operator==(PacingLimits const&, PacingLimits const&) = default;
};

// The mapping `limits` of `github`. Optional, with defaults for each key: `writes_per_second` (1 to
// 1,000), `writes_per_minute` (1 to 100,000), `writes_per_hour` (1 to 1,000,000),
// `secondary_points_per_minute` (20 to 1,000,000), `primary_points_per_hour` (60 to 1,000,000),
// `primary_reserve` (0 to half of the points), `read_share` (0.05 to 0.95), `concurrent_requests`
// (1 to 1,000).
PacingLimits ReadPacingLimits(YamlMapping& github);

}  // namespace probefarm
