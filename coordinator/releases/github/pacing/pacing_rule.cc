#include "coordinator/releases/github/pacing/pacing_rule.h"

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

std::string Allows(int64_t count, absl::string_view one, absl::string_view several,
                   absl::string_view span) {
  return absl::StrCat("the release host allows ", count, " ", count == 1 ? one : several, " a ",
                      span);
}

std::string AllowsFiles(int64_t count, absl::string_view span) {
  return Allows(count, "new file", "new files", span);
}

}  // namespace

absl::string_view NameOf(PacingRule rule) {
  switch (rule) {
    case PacingRule::kConcurrency:
      return "concurrency";
    case PacingRule::kWritesSecond:
      return "writes_second";
    case PacingRule::kWritesMinute:
      return "writes_minute";
    case PacingRule::kWritesHour:
      return "writes_hour";
    case PacingRule::kSecondaryPoints:
      return "secondary_points";
    case PacingRule::kPrimaryPoints:
      return "primary_points";
    case PacingRule::kHostPoints:
      return "host_points";
    case PacingRule::kReadShare:
      return "read_share";
    case PacingRule::kPrimaryLimit:
      return "primary_limit";
    case PacingRule::kSecondaryLimit:
      return "secondary_limit";
    case PacingRule::kTrouble:
      return "trouble";
  }
  return "unknown";
}

std::string Explain(PacingRefusal const& refusal) {
  switch (refusal.rule) {
    case PacingRule::kConcurrency:
      return absl::StrCat(refusal.count,
                          " requests to the release host are under way, as many as it allows");
    case PacingRule::kWritesSecond:
      return AllowsFiles(refusal.count, "second");
    case PacingRule::kWritesMinute:
      return AllowsFiles(refusal.count, "minute");
    case PacingRule::kWritesHour:
      return AllowsFiles(refusal.count, "hour");
    case PacingRule::kSecondaryPoints:
      return Allows(refusal.count, "point", "points", "minute");
    case PacingRule::kPrimaryPoints:
      return absl::StrCat(Allows(refusal.count, "point", "points", "hour"),
                          " beside the reserve (primary_reserve)");
    case PacingRule::kHostPoints:
      return absl::StrCat("the release host has ", refusal.count,
                          " points left for this token, which others may use too, and a reserve is "
                          "kept (primary_reserve)");
    case PacingRule::kReadShare:
      return absl::StrCat("reads may use ", refusal.count,
                          " of the release host's points (read_share): the rest is for uploads");
    case PacingRule::kPrimaryLimit:
      return "the release host says that this token's requests of the hour are used up";
    case PacingRule::kSecondaryLimit:
      return "the release host says that requests came too fast (secondary rate limit)";
    case PacingRule::kTrouble:
      return absl::StrCat("the release host does not answer (", refusal.count,
                          " failures in a row)");
  }
  return "the release host has to wait";
}

}  // namespace probefarm
