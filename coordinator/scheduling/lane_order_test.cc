#include "coordinator/scheduling/lane_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probefarm {
namespace {

using ::testing::ElementsAre;

LaneQueue New(std::string driver_version) { return {Lane::kNewKernels, std::move(driver_version)}; }
LaneQueue Old(std::string driver_version) { return {Lane::kBackfill, std::move(driver_version)}; }

std::vector<std::string> Served(LaneOrder& order, std::vector<LaneQueue> const& waiting,
                                int turns) {
  std::vector<std::string> served;
  for (int i = 0; i < turns; ++i) served.push_back(order.Next(waiting)->driver_version);
  return served;
}

TEST(LaneOrder, NobodyWaits) { EXPECT_EQ(LaneOrder().Next({}), std::nullopt); }

TEST(LaneOrder, NewKernelsGoFirst) {
  LaneOrder order;
  EXPECT_EQ(order.Next({Old("1"), New("2")}), New("2"));
  EXPECT_EQ(order.Next({Old("1")}), Old("1"));
}

TEST(LaneOrder, DriverVersionsTakeTurnsWithinALane) {
  LaneOrder order;
  EXPECT_THAT(Served(order, {New("1"), New("2"), New("3")}, 7),
              ElementsAre("1", "2", "3", "1", "2", "3", "1"));
  EXPECT_THAT(Served(order, {New("1"), New("3")}, 2), ElementsAre("3", "1"))
      << "a version that has no more jobs loses its turn, the others keep theirs";
}

TEST(LaneOrder, TurnsOfOneLaneAreNotThoseOfTheOther) {
  LaneOrder order;
  EXPECT_EQ(order.Next({New("1"), New("2")}), New("1"));
  EXPECT_EQ(order.Next({Old("1"), Old("2")}), Old("1"));
  EXPECT_EQ(order.Next({New("1"), New("2")}), New("2"));
}

TEST(LaneOrder, TheBackfillIsServedOnceAfterEnoughGrantsPassedItOver) {
  LaneOrder order(3);
  EXPECT_THAT(Served(order, {Old("old"), New("new")}, 9),
              ElementsAre("new", "new", "new", "old", "new", "new", "new", "old", "new"));
}

TEST(LaneOrder, ABackfillThatDoesNotWaitDoesNotAge) {
  LaneOrder order(3);
  Served(order, {New("new")}, 10);
  EXPECT_EQ(order.Next({Old("old"), New("new")}), New("new"));
}

}  // namespace
}  // namespace probefarm
