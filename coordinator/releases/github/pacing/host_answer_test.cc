#include "coordinator/releases/github/pacing/host_answer.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr int64_t kUnixNow = 1'800'000'000;  // Fri, 15 Jan 2027 08:00:00 GMT
absl::Time const kNow = absl::FromUnixSeconds(kUnixNow);

using Headers = std::map<std::string, std::string>;

AnswerFacts Read(int status, Headers headers = {}, std::string url = "", std::string message = "") {
  return ReadAnswer({status, std::move(headers), std::move(url), std::move(message)}, kNow);
}

Headers Points(std::string const& limit, std::string const& left, std::string const& reset) {
  return {
      {"x-ratelimit-limit", limit}, {"x-ratelimit-remaining", left}, {"x-ratelimit-reset", reset}};
}

TEST(HostAnswer, IsReadByItsStatus) {
  EXPECT_EQ(Read(200).sign, AnswerSign::kFine);
  EXPECT_EQ(Read(302).sign, AnswerSign::kFine);
  EXPECT_EQ(Read(304).sign, AnswerSign::kNotModified);
  EXPECT_EQ(Read(404).sign, AnswerSign::kRefused);
  EXPECT_EQ(Read(422).sign, AnswerSign::kRefused);
  for (int const status : {0, 408, 500, 502, 503, 504, 700, -1})
    EXPECT_EQ(Read(status).sign, AnswerSign::kTrouble) << status;
}

TEST(HostAnswer, IsAboutPermissionsWithoutASignOfALimit) {
  AnswerFacts const facts = Read(403, Points("5000", "4321", absl::StrCat(kUnixNow + 60)),
                                 "https://docs.github.com/rest/releases/releases#create-a-release",
                                 "Resource not accessible by personal access token");
  EXPECT_EQ(facts.sign, AnswerSign::kRefused);
  EXPECT_FALSE(facts.wait.has_value());
}

TEST(HostAnswer, IsASecondaryLimitByUrlMessageRetryAfterOr429) {
  EXPECT_EQ(Read(403, {}, "https://docs.github.com/en/rest/overview#abuse-rate-limits").sign,
            AnswerSign::kSecondaryLimit);
  EXPECT_EQ(Read(403, {}, "https://docs.github.com/#about-secondary-rate-limits").sign,
            AnswerSign::kSecondaryLimit);
  EXPECT_EQ(Read(403, {}, "", "You have exceeded a SECONDARY rate limit.").sign,
            AnswerSign::kSecondaryLimit);
  EXPECT_EQ(Read(403, {{"retry-after", "9"}}).sign, AnswerSign::kSecondaryLimit);
  EXPECT_EQ(Read(429).sign, AnswerSign::kSecondaryLimit);
}

TEST(HostAnswer, IsAPrimaryLimitWhenThePointsAreUsedUp) {
  for (int const status : {403, 429}) {
    AnswerFacts const facts = Read(status, Points("5000", "0", absl::StrCat(kUnixNow + 600)));
    EXPECT_EQ(facts.sign, AnswerSign::kPrimaryLimit);
    EXPECT_EQ(facts.wait, absl::Minutes(10));
  }
  EXPECT_EQ(Read(403, {}, "", "API rate limit exceeded for user ID 1.").sign,
            AnswerSign::kPrimaryLimit);
}

TEST(HostAnswer, IsASecondaryLimitThoughThePointsAreUsedUpWhenItSaysSo) {
  AnswerFacts const facts = Read(403, Points("5000", "0", absl::StrCat(kUnixNow + 600)), "",
                                 "You have exceeded a secondary rate limit");
  EXPECT_EQ(facts.sign, AnswerSign::kSecondaryLimit);
  EXPECT_EQ(facts.wait, absl::Minutes(10));
}

TEST(HostAnswer, HonoursRetryAfterBeforeTheReset) {
  Headers headers = Points("5000", "0", absl::StrCat(kUnixNow + 600));
  headers["retry-after"] = "30";
  EXPECT_EQ(Read(403, headers).wait, absl::Seconds(30));
}

TEST(HostAnswer, ReadsRetryAfterAsADate) {
  EXPECT_EQ(Read(429, {{"retry-after", "Fri, 15 Jan 2027 08:02:00 GMT"}}).wait, absl::Minutes(2));
}

TEST(HostAnswer, TakesTimesFromTheHostsClock) {
  Headers headers = Points("5000", "0", absl::StrCat(kUnixNow - 3600 + 60));
  headers["date"] = "Fri, 15 Jan 2027 07:00:00 GMT";  // ours is an hour fast
  EXPECT_EQ(Read(403, headers).wait, absl::Minutes(1));
}

TEST(HostAnswer, ClampsAbsurdWaits) {
  for (std::string const wait :
       {"86400", "9223372036854775807", "Fri, 15 Jan 2100 08:02:00 GMT", "infinite-future"}) {
    AnswerFacts const facts = Read(429, {{"retry-after", wait}});
    if (facts.wait.has_value()) EXPECT_EQ(facts.wait, absl::Hours(1)) << wait;
  }
  EXPECT_EQ(Read(429, {{"retry-after", "86400"}}).wait, absl::Hours(1));
  EXPECT_EQ(Read(429, {{"retry-after", "0"}}).wait, absl::Seconds(1));
  EXPECT_EQ(Read(429, Points("5000", "0", "9223372036854775807")).wait, absl::Hours(1));
}

TEST(HostAnswer, NamesNoWaitThatItCannotRead) {
  EXPECT_FALSE(Read(429, {{"retry-after", "soon"}}).wait.has_value());
  EXPECT_FALSE(Read(429, {{"retry-after", "-5"}}).wait.has_value());
  EXPECT_FALSE(Read(403, Points("5000", "0", absl::StrCat(kUnixNow - 5))).wait.has_value());
  EXPECT_FALSE(Read(403, Points("5000", "0", "never")).wait.has_value());
  EXPECT_FALSE(Read(403, Points("5000", "7", absl::StrCat(kUnixNow + 600)), "", "secondary rate")
                   .wait.has_value());
}

TEST(HostAnswer, HoldsTheHostsCount) {
  AnswerFacts const facts = Read(200, Points("1000", "998", absl::StrCat(kUnixNow + 1800)));
  ASSERT_TRUE(facts.points.has_value());
  EXPECT_EQ(facts.points->limit, 1000);
  EXPECT_EQ(facts.points->left, 998);
  EXPECT_EQ(facts.points->until_reset, absl::Minutes(30));
}

TEST(HostAnswer, HasNoCountOfAnotherResource) {
  Headers headers = Points("30", "0", absl::StrCat(kUnixNow + 60));
  headers["x-ratelimit-resource"] = "search";
  EXPECT_FALSE(Read(200, headers).points.has_value());
  EXPECT_EQ(Read(403, headers).sign, AnswerSign::kRefused);
  headers["x-ratelimit-resource"] = "core";
  EXPECT_TRUE(Read(200, headers).points.has_value());
}

TEST(HostAnswer, ClampsAbsurdCounts) {
  std::string const reset = absl::StrCat(kUnixNow + 60);
  EXPECT_EQ(Read(200, Points("5000", "-3", reset)).points->left, 0);
  EXPECT_EQ(Read(200, Points("100", "5000", reset)).points->left, 100);
  EXPECT_EQ(Read(200, Points("-1", "50", reset)).points->limit, 60);
  EXPECT_EQ(Read(200, Points("5000", "5", "99999999999")).points->until_reset, absl::Hours(1));
}

TEST(HostAnswer, HasNoCountWithoutAllThatMakesOne) {
  std::string const reset = absl::StrCat(kUnixNow + 60);
  EXPECT_FALSE(Read(200, {{"x-ratelimit-remaining", "5"}}).points.has_value());
  EXPECT_FALSE(Read(200, Points("5000", "many", reset)).points.has_value());
  EXPECT_FALSE(Read(200, Points("5000", "5", absl::StrCat(kUnixNow))).points.has_value());
  EXPECT_FALSE(Read(200, Points("x", "5", reset)).points->limit.has_value());
}

}  // namespace
}  // namespace probefarm
