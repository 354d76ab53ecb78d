#include "tests/testing/github/fault_answer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace probefarm::fake_github {
namespace {

using Effect = FakeFaultEffect;

absl::Duration DelayOf(FakeFault const& fault) {
  return fault.delay > absl::ZeroDuration() ? fault.delay : absl::Seconds(60);
}

int StatusOf(FakeFault const& fault, int otherwise) {
  return fault.status != 0 ? fault.status : otherwise;
}

std::string TextOf(FakeFault const& fault, std::string const& otherwise) {
  return fault.text.empty() ? otherwise : fault.text;
}

void AddRetryAfter(Answer& answer, std::optional<absl::Duration> delay) {
  if (delay)
    answer.headers.emplace_back(
        "Retry-After", absl::StrCat(absl::ToInt64Seconds(absl::Ceil(*delay, absl::Seconds(1)))));
}

Answer Exhausted(FakeFault const& fault, absl::Time now) {
  Answer answer = PrimaryLimitAnswer(StatusOf(fault, 403));
  AddRateHeaders(answer, {.limit = 5000, .used = 5000, .reset = now + DelayOf(fault)});
  return answer;
}

Answer Redirect(std::string url) {
  return {.status = 302, .headers = {{"Location", std::move(url)}}};
}

void SetLink(Answer& answer, std::string const& url) {
  auto& headers = answer.headers;
  headers.erase(std::remove_if(headers.begin(), headers.end(),
                               [](auto const& header) { return header.first == "Link"; }),
                headers.end());
  headers.emplace_back("Link", absl::StrCat("<", url, ">; rel=\"next\""));
}

void LeaveOutErrors(Answer& answer) {
  nlohmann::json json = nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.erase("errors") == 0) return;
  answer.body = JsonText(json);
}

}  // namespace

Answer SecondaryLimitAnswer(int status, std::optional<absl::Duration> retry_after) {
  Answer answer = ErrorAnswer(
      status,
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      "https://docs.github.com/rest/overview/"
      "rate-limits-for-the-rest-api#about-secondary-rate-limits");
  AddRetryAfter(answer, retry_after);
  return answer;
}

Answer ContentLimitAnswer(int status, std::optional<absl::Duration> retry_after) {
  Answer answer = ErrorAnswer(
      status,
      "You have exceeded a secondary rate limit and have been temporarily blocked from content "
      "creation. Please retry your request again later.",
      "https://docs.github.com/rest/overview/resources-in-the-rest-api#secondary-rate-limits");
  AddRetryAfter(answer, retry_after);
  return answer;
}

Answer PrimaryLimitAnswer(int status) {
  return ErrorAnswer(status, "API rate limit exceeded for user ID 1.",
                     "https://docs.github.com/rest/overview/"
                     "rate-limits-for-the-rest-api#about-primary-rate-limits");
}

void AddRateHeaders(Answer& answer, RateHeaders const& rate) {
  answer.headers.emplace_back("X-RateLimit-Limit", absl::StrCat(rate.limit));
  answer.headers.emplace_back("X-RateLimit-Remaining", absl::StrCat(rate.remaining));
  answer.headers.emplace_back("X-RateLimit-Used", absl::StrCat(rate.used));
  answer.headers.emplace_back("X-RateLimit-Reset", absl::StrCat(absl::ToUnixSeconds(rate.reset)));
  answer.headers.emplace_back("X-RateLimit-Resource", "core");
}

std::optional<Answer> AnswerInstead(FakeFault const& fault, Urls const& urls, absl::Time now) {
  switch (fault.effect) {
    case Effect::kBadGateway:
      return HtmlAnswer(502, "502 Bad Gateway");
    case Effect::kEarlyAnswer:
      return ErrorAnswer(StatusOf(fault, 422), TextOf(fault, "Validation Failed"));
    case Effect::kNotFound:
      return NotFoundAnswer();
    case Effect::kStatus:
      return ErrorAnswer(StatusOf(fault, 500), TextOf(fault, "Server Error"));
    case Effect::kHtml:
      return HtmlAnswer(StatusOf(fault, 500), TextOf(fault, "Unicorn!"));
    case Effect::kRetryAfter:
      return SecondaryLimitAnswer(StatusOf(fault, 403), DelayOf(fault));
    case Effect::kExhausted:
      return Exhausted(fault, now);
    case Effect::kBareForbidden:
      return SecondaryLimitAnswer(StatusOf(fault, 403), std::nullopt);
    case Effect::kTooManyRequests:
      return SecondaryLimitAnswer(429, DelayOf(fault));
    case Effect::kBareTooMany:
      return SecondaryLimitAnswer(429, std::nullopt);
    case Effect::kImmutable:
      return ErrorAnswer(422, "Cannot upload assets to an immutable release.");
    case Effect::kRedirect:
      return Redirect(TextOf(fault, absl::StrCat(urls.storage, "/elsewhere")));
    default:
      return std::nullopt;
  }
}

void SpoilAnswer(FakeFault const& fault, Urls const& urls, std::string const& url, Answer& answer) {
  if (fault.effect == Effect::kNoErrors) LeaveOutErrors(answer);
  if (fault.effect == Effect::kLoopingLink) SetLink(answer, url);
  if (fault.effect == Effect::kForeignLink)
    SetLink(answer, TextOf(fault, absl::StrCat(urls.storage, "/elsewhere?page=2")));
}

}  // namespace probefarm::fake_github
