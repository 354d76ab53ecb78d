#include "lib/runtime/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

namespace probefarm {
namespace {

TEST(Executor, RunsWhatIsQueuedBeforeItEnds) {
  std::atomic<int> ran = 0;
  {
    Executor executor(2);
    for (int i = 0; i < 100; ++i) executor.Run([&] { ++ran; });
  }
  EXPECT_EQ(ran, 100);
}

TEST(Executor, OneThreadKeepsTheOrder) {
  std::vector<int> order;
  {
    Executor executor(1);
    for (int i = 0; i < 5; ++i) executor.Run([&order, i] { order.push_back(i); });
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Executor, WorkMayQueueMoreWork) {
  std::promise<void> done;
  Executor executor(1);
  executor.Run([&] { executor.Run([&] { done.set_value(); }); });
  done.get_future().wait();
}

}  // namespace
}  // namespace probefarm
