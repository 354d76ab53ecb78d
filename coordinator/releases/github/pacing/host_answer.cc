#include "coordinator/releases/github/pacing/host_answer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace probefarm {
namespace {

constexpr absl::Duration kShortestWait = absl::Seconds(1);
constexpr absl::Duration kLongestWait = absl::Hours(1);
constexpr int64_t kLeastLimit = 60;
constexpr char kHttpDate[] = "%a, %d %b %Y %H:%M:%S GMT";

std::string Header(HostAnswer const& answer, std::string const& name) {
  auto const found = answer.headers.find(name);
  return found == answer.headers.end() ? "" : found->second;
}

std::optional<int64_t> Number(HostAnswer const& answer, std::string const& name) {
  int64_t value = 0;
  return absl::SimpleAtoi(Header(answer, name), &value) ? std::optional(value) : std::nullopt;
}

std::optional<absl::Time> ParseHttpDate(std::string const& text) {
  absl::Time time;
  return absl::ParseTime(kHttpDate, text, &time, nullptr) ? std::optional(time) : std::nullopt;
}

bool IsAboutCore(HostAnswer const& answer) {
  std::string const resource = Header(answer, "x-ratelimit-resource");
  return resource.empty() || absl::EqualsIgnoreCase(resource, "core");
}

std::optional<absl::Duration> UntilReset(HostAnswer const& answer, absl::Time host_now) {
  std::optional<int64_t> const reset = Number(answer, "x-ratelimit-reset");
  if (!reset.has_value()) return std::nullopt;
  absl::Duration const until = absl::FromUnixSeconds(*reset) - host_now;
  if (until <= absl::ZeroDuration()) return std::nullopt;
  return std::clamp(until, kShortestWait, kLongestWait);
}

std::optional<HostPoints> ReadPoints(HostAnswer const& answer, absl::Time host_now) {
  std::optional<int64_t> const left = Number(answer, "x-ratelimit-remaining");
  std::optional<absl::Duration> const until_reset = UntilReset(answer, host_now);
  if (!IsAboutCore(answer) || !left.has_value() || !until_reset.has_value()) return std::nullopt;
  HostPoints points{.left = std::max<int64_t>(*left, 0), .until_reset = *until_reset};
  if (std::optional<int64_t> const limit = Number(answer, "x-ratelimit-limit")) {
    points.limit = std::max(*limit, kLeastLimit);
    points.left = std::min(points.left, *points.limit);
  }
  return points;
}

std::optional<absl::Duration> RetryAfter(HostAnswer const& answer, absl::Time host_now) {
  std::optional<int64_t> const seconds = Number(answer, "retry-after");
  std::optional<absl::Time> const date = ParseHttpDate(Header(answer, "retry-after"));
  if (seconds.has_value() && *seconds < 0) return std::nullopt;
  if (!seconds.has_value() && !date.has_value()) return std::nullopt;
  absl::Duration const wait = seconds.has_value() ? absl::Seconds(*seconds) : *date - host_now;
  return std::clamp(wait, kShortestWait, kLongestWait);
}

bool IsUsedUp(HostAnswer const& answer) {
  std::optional<int64_t> const left = Number(answer, "x-ratelimit-remaining");
  return IsAboutCore(answer) && left.has_value() && *left <= 0;
}

bool SaysSecondary(HostAnswer const& answer) {
  std::string const url = absl::AsciiStrToLower(answer.documentation_url);
  std::string const message = absl::AsciiStrToLower(answer.message);
  return absl::StrContains(url, "#abuse-rate-limits") ||
         absl::StrContains(url, "secondary-rate-limits") ||
         absl::StrContains(message, "secondary rate") ||
         absl::StrContains(message, "abuse detection");
}

// The uploads host sends no headers: only the words tell there.
bool SaysPrimary(HostAnswer const& answer) {
  return absl::StrContains(absl::AsciiStrToLower(answer.message), "rate limit exceeded");
}

AnswerSign SignOfRefusal(HostAnswer const& answer) {
  if (SaysSecondary(answer)) return AnswerSign::kSecondaryLimit;
  if (IsUsedUp(answer) || SaysPrimary(answer)) return AnswerSign::kPrimaryLimit;
  if (answer.http_status == 429 || answer.headers.contains("retry-after"))
    return AnswerSign::kSecondaryLimit;
  return AnswerSign::kRefused;
}

AnswerSign SignOf(HostAnswer const& answer) {
  int const status = answer.http_status;
  if (status == 403 || status == 429) return SignOfRefusal(answer);
  if (status == 304) return AnswerSign::kNotModified;
  if (status >= 200 && status < 400) return AnswerSign::kFine;
  if (status >= 400 && status < 500 && status != 408) return AnswerSign::kRefused;
  return AnswerSign::kTrouble;
}

}  // namespace

absl::string_view NameOf(AnswerSign sign) {
  switch (sign) {
    case AnswerSign::kFine:
      return "fine";
    case AnswerSign::kNotModified:
      return "not_modified";
    case AnswerSign::kRefused:
      return "refused";
    case AnswerSign::kPrimaryLimit:
      return "primary_limit";
    case AnswerSign::kSecondaryLimit:
      return "secondary_limit";
    case AnswerSign::kTrouble:
      return "trouble";
  }
  return "unknown";
}

AnswerFacts ReadAnswer(HostAnswer const& answer, absl::Time wall_now) {
  absl::Time const host_now = ParseHttpDate(Header(answer, "date")).value_or(wall_now);
  AnswerFacts facts{.sign = SignOf(answer), .http_status = answer.http_status};
  facts.points = ReadPoints(answer, host_now);
  if (facts.sign == AnswerSign::kPrimaryLimit || facts.sign == AnswerSign::kSecondaryLimit) {
    facts.wait = RetryAfter(answer, host_now);
    if (!facts.wait.has_value() && IsUsedUp(answer)) facts.wait = UntilReset(answer, host_now);
  }
  return facts;
}

}  // namespace probefarm
