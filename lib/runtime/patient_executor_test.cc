#include "lib/runtime/patient_executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "lib/runtime/fake_clock.h"

namespace probefarm {
namespace {

using testing::ElementsAre;

TEST(PatientExecutor, RunsWorkInTheOrderGiven) {
  FakeClock clock;
  std::vector<int> order;
  {
    PatientExecutor executor(1, clock);
    for (int i = 0; i < 3; ++i) {
      executor.Run([&order, i]() -> std::optional<absl::Time> {
        order.push_back(i);
        return std::nullopt;
      });
    }
  }
  EXPECT_THAT(order, ElementsAre(0, 1, 2));
}

TEST(PatientExecutor, WorkThatWaitsHoldsNoThread) {
  FakeClock clock;
  std::atomic<int> runs = 0;
  std::promise<void> other;
  PatientExecutor executor(1, clock);
  executor.Run([&]() -> std::optional<absl::Time> {
    if (++runs == 1) return clock.Now() + absl::Hours(1);
    return std::nullopt;
  });
  executor.Run([&]() -> std::optional<absl::Time> {
    other.set_value();
    return std::nullopt;
  });
  other.get_future().wait();
  EXPECT_EQ(runs, 1);
  clock.Advance(absl::Hours(1));
  executor.Wake();
}

TEST(PatientExecutor, RunsAgainWhenTheTimeHasComeAndNotBefore) {
  FakeClock clock;
  absl::Time const start = clock.Now();
  std::vector<absl::Duration> at;
  {
    PatientExecutor executor(2, clock);
    executor.Run([&]() -> std::optional<absl::Time> {
      at.push_back(clock.Now() - start);
      if (at.size() == 3) return std::nullopt;
      // Nobody else sets the clock: the next run is due as soon as this one ends.
      clock.Advance(absl::Minutes(1));
      return clock.Now();
    });
  }
  EXPECT_THAT(at, ElementsAre(absl::ZeroDuration(), absl::Minutes(1), absl::Minutes(2)));
}

TEST(PatientExecutor, EndsOnlyWhenWorkThatWaitsIsDone) {
  FakeClock clock;
  std::atomic<bool> released = false;
  std::promise<void> begun;
  bool done = false;
  auto executor = std::make_unique<PatientExecutor>(1, clock);
  executor->Run([&, first = true]() mutable -> std::optional<absl::Time> {
    if (std::exchange(first, false)) begun.set_value();
    done = released;
    if (done) return std::nullopt;
    return clock.Now();
  });
  begun.get_future().wait();
  std::thread ending([&] { executor.reset(); });
  released = true;
  ending.join();
  EXPECT_TRUE(done);
}

TEST(PatientExecutor, WhatItHeldIsLetGoWhenItIsDone) {
  FakeClock clock;
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> const seen = held;
  PatientExecutor executor(1, clock);
  std::promise<void> later;
  executor.Run([held = std::move(held)]() -> std::optional<absl::Time> { return std::nullopt; });
  executor.Run([&]() -> std::optional<absl::Time> {
    EXPECT_TRUE(seen.expired());
    later.set_value();
    return std::nullopt;
  });
  later.get_future().wait();
}

}  // namespace
}  // namespace probefarm
