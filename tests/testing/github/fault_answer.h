#pragma once

#include <optional>

#include "absl/time/time.h"
#include "tests/testing/github/answer.h"
#include "tests/testing/github/fake_fault.h"
#include "tests/testing/github/shapes.h"

namespace probefarm::fake_github {

// What a fault answers in place of the call, of which nothing is done; null when it lets the call
// be done. Pure.
std::optional<Answer> AnswerInstead(FakeFault const& fault, Urls const& urls, absl::Time now);

// What a fault makes of the answer of a call that is done; `url` is the one that was asked for.
// Pure.
void SpoilAnswer(FakeFault const& fault, Urls const& urls, std::string const& url, Answer& answer);

// x-ratelimit-*. Pure.
struct RateHeaders {
  int limit = 0;
  int used = 0;
  int remaining = 0;
  absl::Time reset;
};
void AddRateHeaders(Answer& answer, RateHeaders const& rate);

// 403, or 429: what a limit answers. `message` is GitHub's for the kind of limit.
Answer SecondaryLimitAnswer(int status, std::optional<absl::Duration> retry_after);
Answer ContentLimitAnswer(int status, std::optional<absl::Duration> retry_after);
Answer PrimaryLimitAnswer(int status);

}  // namespace probefarm::fake_github
