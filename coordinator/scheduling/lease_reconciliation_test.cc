#include "coordinator/scheduling/lease_reconciliation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr absl::Duration kGrace = absl::Seconds(10);

TEST(LeaseReconciliation, EveryNamedLeaseHasAVerdictInItsPlace) {
  std::vector<HeldLease> const granted = {{{1, 1}, kNow}, {{2, 5}, kNow}, {{3, 1}, kNow, true}};
  Reconciliation const result =
      ReconcileLeases(granted, {{3, 1}, {2, 4}, {1, 1}, {9, 1}}, kGrace, kNow);
  EXPECT_THAT(result.verdicts, ElementsAre(LeaseVerdict::kCancel, LeaseVerdict::kAbandon,
                                           LeaseVerdict::kContinue, LeaseVerdict::kAbandon));
}

TEST(LeaseReconciliation, WhatTheWorkerDoesNotNameIsUnheardOnceItIsOldEnough) {
  std::vector<HeldLease> const granted = {{{1, 1}, kNow - kGrace},
                                          {{2, 1}, kNow - kGrace + absl::Seconds(1)},
                                          {{3, 1}, kNow - 2 * kGrace, true}};
  EXPECT_THAT(ReconcileLeases(granted, {}, kGrace, kNow).unheard, ElementsAre(LeaseKey{1, 1}));
  EXPECT_THAT(ReconcileLeases(granted, {{1, 1}}, kGrace, kNow).unheard, IsEmpty());
}

TEST(LeaseReconciliation, WithoutAGraceAllIsUnheardThoughTheClockWasSetBack) {
  absl::Time const granted = absl::FromUnixSeconds(1'000);
  Reconciliation const result =
      ReconcileLeases({{{7, 1}, granted}}, {}, absl::ZeroDuration(), granted - absl::Minutes(2));
  EXPECT_THAT(result.unheard, ElementsAre(LeaseKey{7, 1}));
}

TEST(LeaseReconciliation, AnotherEpochOfTheJobIsAnotherLease) {
  std::vector<HeldLease> const granted = {{{1, 2}, kNow - kGrace}};
  EXPECT_THAT(ReconcileLeases(granted, {{1, 1}}, kGrace, kNow).unheard,
              ElementsAre(LeaseKey{1, 2}));
}

}  // namespace
}  // namespace probefarm
