#include "coordinator/releases/github/release_turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "lib/runtime/run_at_once.h"

namespace probefarm {
namespace {

TEST(ReleaseTurns, AreTakenOneAfterAnotherForOneRelease) {
  ReleaseTurns turns;
  std::atomic<int> inside = 0;
  int visits = 0;  // guarded by the turn
  RunAtOnce(4, [&](int) {
    for (int round = 0; round < 100; ++round) {
      ReleaseTurns::Turn const turn(turns, {"o/one", "tag"});
      EXPECT_EQ(++inside, 1);
      for (int i = 0; i < 20; ++i) std::this_thread::yield();  // whoever can come in does
      ++visits;
      --inside;
    }
  });
  EXPECT_EQ(visits, 400);
}

TEST(ReleaseTurns, OfTwoReleasesDoNotWaitForOneAnother) {
  ReleaseTurns turns;
  ReleaseTurns::Turn const one(turns, {"o/one", "tag"});
  ReleaseTurns::Turn const two(turns, {"o/two", "tag"});
  ReleaseTurns::Turn const other(turns, {"o/one", "other"});
}

}  // namespace
}  // namespace probefarm
