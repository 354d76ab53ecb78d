#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace probefarm {

// What came back for a request; from outside, so any of it may be missing or nonsense.
struct HostAnswer {
  int http_status = 0;                         // 0: no whole answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string documentation_url;               // of the body, where it has one
  std::string message;                         // of the body, where it has one
};

// What an answer says about the host's limits and its health.
enum class AnswerSign {
  kFine,            // 2xx, and redirects
  kNotModified,     // 304
  kRefused,         // 4xx about the request itself: permissions, conflicts, what is not there
  kPrimaryLimit,    // 403/429: the hour's points are used up
  kSecondaryLimit,  // 403/429: too many, too fast
  kTrouble,         // 5xx, 408, or no answer
};

// "fine", "not_modified", "refused", "primary_limit", "secondary_limit", "trouble".
absl::string_view NameOf(AnswerSign sign);

// The host's own count of the primary points.
struct HostPoints {
  std::optional<int64_t> limit =
      std::nullopt;  // at least 60, which is what nobody in particular gets
  int64_t left = 0;  // at least 0, at most the limit
  absl::Duration until_reset = absl::Hours(1);  // above zero, at most an hour
};

struct AnswerFacts {
  AnswerSign sign = AnswerSign::kTrouble;
  int http_status = 0;
  // With a limit: how long the host wants to be left alone, when it says so. From 1 s to 1 h.
  std::optional<absl::Duration> wait = std::nullopt;
  // None when the headers are missing, broken, about another resource than `core`, or about an hour
  // that is over.
  std::optional<HostPoints> points = std::nullopt;
};

// Times in headers are taken relative to the answer's own `date`, so that a wrong clock here does
// no harm; where there is none, to `wall_now`. Whatever stands in the answer, the facts are within
// the bounds above. Pure.
//
// A 429 is a limit. A 403 is one only with a sign of it: `retry-after`, x-ratelimit-remaining 0, a
// documentation URL about rate limits, or a message that says so. Others are about permissions.
AnswerFacts ReadAnswer(HostAnswer const& answer, absl::Time wall_now);

}  // namespace probefarm
