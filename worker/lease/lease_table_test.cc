#include "worker/lease/lease_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

namespace probefarm {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr LeaseName kLease = {7, 2};
constexpr LeaseName kOther = {8, 1};

TEST(LeaseTable, HoldsWhatWasAddedWithItsPhase) {
  LeaseTable leases;
  leases.Add(kLease);
  leases.SetPhase(kLease, Phase::kBuilding, "40 %");
  ASSERT_THAT(leases.Held(), SizeIs(1));
  EXPECT_EQ(leases.Held()[0].name, kLease);
  EXPECT_EQ(leases.Held()[0].phase, Phase::kBuilding);
  EXPECT_EQ(leases.Held()[0].progress, "40 %");
  EXPECT_FALSE(leases.IsOver(kLease));
}

TEST(LeaseTable, AnEndedLeaseIsOverAndNotHeld) {
  LeaseTable leases;
  leases.Add(kLease);
  leases.Add(kOther);
  leases.End(kLease);
  EXPECT_TRUE(leases.IsOver(kLease));
  EXPECT_FALSE(leases.IsOver(kOther));
  EXPECT_THAT(leases.Held(), SizeIs(1));
  leases.EndAll();
  EXPECT_TRUE(leases.IsOver(kOther));
  EXPECT_THAT(leases.Held(), IsEmpty());
}

TEST(LeaseTable, WhatItDoesNotHoldIsOver) {
  LeaseTable leases;
  leases.End(kLease);
  leases.SetPhase(kLease, Phase::kSending, "");
  EXPECT_TRUE(leases.IsOver(kLease));
  EXPECT_THAT(leases.Held(), IsEmpty());
}

TEST(LeaseTable, AnotherEpochIsAnotherLease) {
  LeaseTable leases;
  leases.Add(kLease);
  leases.End({kLease.job, kLease.epoch + 1});
  EXPECT_FALSE(leases.IsOver(kLease));
}

TEST(LeaseTable, IsNotEmptyWhileAnEndedLeaseIsStillWorkedUnder) {
  LeaseTable leases;
  leases.Add(kLease);
  leases.End(kLease);
  std::future<void> emptied = std::async(std::launch::async, [&] { leases.WaitUntilEmpty(); });
  EXPECT_EQ(emptied.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  leases.Remove(kLease);
  emptied.get();
}

}  // namespace
}  // namespace probefarm
