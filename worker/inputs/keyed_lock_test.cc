#include "worker/inputs/keyed_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

bool Never() { return false; }

TEST(KeyedLock, LetsOneAtATimeWorkOnAKey) {
  KeyedLock lock;
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  auto work = [&] {
    for (int i = 0; i < 100; ++i) {
      auto holder = lock.Acquire("a", Never);
      most = std::max(most.load(), ++inside);
      --inside;
    }
  };
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  EXPECT_EQ(most, 1);
}

TEST(KeyedLock, DoesNotHoldUpOtherKeys) {
  KeyedLock lock;
  ASSERT_OK_AND_ASSIGN(auto a, lock.Acquire("a", Never));
  EXPECT_OK(lock.Acquire("b", Never));
}

TEST(KeyedLock, EndsAWaitThatIsCancelled) {
  KeyedLock lock;
  ASSERT_OK_AND_ASSIGN(auto held, lock.Acquire("a", Never));
  EXPECT_THAT(lock.Acquire("a", [] { return true; }), StatusIs(absl::StatusCode::kCancelled));
}

TEST(KeyedLock, GivesTheKeyBackOnDestruction) {
  KeyedLock lock;
  { ASSERT_OK(lock.Acquire("a", Never)); }
  EXPECT_OK(lock.Acquire("a", Never));
}

}  // namespace
}  // namespace probefarm
