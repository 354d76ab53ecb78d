#include "worker/build/build_permits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

bool Never() { return false; }
bool Always() { return true; }

TEST(BuildPermits, GivesAsManyAsThereAre) {
  BuildPermits permits(2);
  ASSERT_OK_AND_ASSIGN(BuildPermits::Permit const first, permits.Take(nullptr));
  ASSERT_OK_AND_ASSIGN(BuildPermits::Permit const second, permits.Take(nullptr));
  int asked = 0;
  EXPECT_THAT(permits.Take([&] { return ++asked > 1; }),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("slot")));
}

TEST(BuildPermits, AReturnedOneGoesToWhoWaits) {
  BuildPermits permits(1);
  std::optional<BuildPermits::Permit> taken(permits.Take(nullptr).value());
  auto waiting = std::async(std::launch::async, [&] { return permits.Take(nullptr).ok(); });
  taken.reset();
  EXPECT_TRUE(waiting.get());
}

TEST(BuildPermits, ReturningTwiceGivesOneBack) {
  BuildPermits permits(1);
  ASSERT_OK_AND_ASSIGN(BuildPermits::Permit permit, permits.Take(nullptr));
  permit.Return();
  permit.Return();
  ASSERT_OK_AND_ASSIGN(BuildPermits::Permit const again, permits.Take(nullptr));
  int asked = 0;
  EXPECT_FALSE(permits.Take([&] { return ++asked > 1; }).ok());
}

TEST(BuildPermits, OneTurnForEachPermitAndOneAheadOnceAllAreTaken) {
  BuildPermits permits(1);
  std::optional<BuildPermits::Turn> const turn = permits.AwaitTurn(Never);
  ASSERT_TRUE(turn.has_value());
  EXPECT_FALSE(turn->ahead());
  int asked = 0;
  EXPECT_FALSE(permits.AwaitTurn([&] { return ++asked > 1; }).has_value());
  ASSERT_OK_AND_ASSIGN(BuildPermits::Permit const permit, permits.Take(nullptr));
  std::optional<BuildPermits::Turn> const next = permits.AwaitTurn(Never);
  ASSERT_TRUE(next.has_value());
  EXPECT_TRUE(next->ahead());
  asked = 0;
  EXPECT_FALSE(permits.AwaitTurn([&] { return ++asked > 1; }).has_value());
}

TEST(BuildPermits, WhoWaitsForATurnHearsThatTheLastPermitWasTaken) {
  BuildPermits permits(1);
  std::optional<BuildPermits::Turn> const turn = permits.AwaitTurn(Never);
  auto waiting = std::async(std::launch::async, [&] { return permits.AwaitTurn(Never)->ahead(); });
  ASSERT_OK_AND_ASSIGN(BuildPermits::Permit const permit, permits.Take(nullptr));
  EXPECT_TRUE(waiting.get());
}

TEST(BuildPermits, TheTurnOfALeaseThatEndedGoesToTheNext) {
  BuildPermits permits(1);
  permits.AwaitTurn(Never).reset();
  std::optional<BuildPermits::Turn> const turn = permits.AwaitTurn(Never);
  ASSERT_TRUE(turn.has_value());
  EXPECT_FALSE(turn->ahead());
  EXPECT_FALSE(permits.AwaitTurn(Always).has_value());
}

}  // namespace
}  // namespace probefarm
