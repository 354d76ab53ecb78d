#include "lib/runtime/periodic_task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace probefarm {
namespace {

TEST(PeriodicTask, RunsWhenWoken) {
  std::promise<void> ran;
  std::atomic<int> runs = 0;
  PeriodicTask task(absl::Hours(1), [&] {
    if (++runs == 1) ran.set_value();
  });
  task.Wake();
  ran.get_future().wait();
  EXPECT_EQ(runs, 1);
}

TEST(PeriodicTask, RunsAgainAtItsInterval) {
  std::promise<void> twice;
  std::atomic<int> runs = 0;
  PeriodicTask task(absl::Milliseconds(1), [&] {
    if (++runs == 2) twice.set_value();
  });
  twice.get_future().wait();
}

TEST(PeriodicTask, EndsWithoutARun) {
  PeriodicTask task(absl::Hours(1), [] { FAIL() << "ran"; });
}

}  // namespace
}  // namespace probefarm
