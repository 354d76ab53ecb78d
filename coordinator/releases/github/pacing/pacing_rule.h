#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace probefarm {

// What keeps a request from being let through.
enum class PacingRule {
  kConcurrency,
  kWritesSecond,
  kWritesMinute,
  kWritesHour,
  kSecondaryPoints,
  kPrimaryPoints,
  kHostPoints,  // primary points, as the host counts them
  kReadShare,
  kPrimaryLimit,    // closed by a 403 or 429
  kSecondaryLimit,  // closed by a 403 or 429
  kTrouble,         // 5xx or no answer
};

// "concurrency", "writes_second", …: for metrics.
absl::string_view NameOf(PacingRule rule);

// A request has to wait. Not to be asked for again before `until`; that may be too early still.
struct PacingRefusal {
  absl::Time until;
  PacingRule rule = PacingRule::kConcurrency;
  // What the rule allows; with kHostPoints what the host has left, with kTrouble how many requests
  // failed in a row.
  int64_t count = 0;
};

// The refusal in words for an operator, less the time. Pure.
//
//   "the release host allows 80 new files a minute"
std::string Explain(PacingRefusal const& refusal);

}  // namespace probefarm
