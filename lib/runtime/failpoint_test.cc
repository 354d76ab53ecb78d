#include "lib/runtime/failpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace probefarm {
namespace {

// Death tests run in a process of their own, where the environment is read anew.
class FailpointDeathTest : public testing::Test {
 protected:
  FailpointDeathTest() { testing::GTEST_FLAG(death_test_style) = "threadsafe"; }
};

void PassWith(char const* setting, int times) {
  setenv("PROBEFARM_FAILPOINT", setting, 1);  // NOLINT(concurrency-mt-unsafe): one thread
  for (int i = 0; i < times; ++i) Failpoint("here");
}

TEST_F(FailpointDeathTest, KillsAtTheFirstTimeOrAtTheOneThatIsNamed) {
  EXPECT_EXIT(PassWith("here", 1), testing::KilledBySignal(SIGKILL), "");
  EXPECT_EXIT(PassWith("here:3", 3), testing::KilledBySignal(SIGKILL), "");
}

TEST_F(FailpointDeathTest, KillsAWhileAfterwards) {
  EXPECT_EXIT(
      {
        PassWith("here:1:100", 1);
        pause();
      },
      testing::KilledBySignal(SIGKILL), "");
}

TEST_F(FailpointDeathTest, LetsEverybodyElsePass) {
  for (char const* setting : {"elsewhere", "here:3"}) {
    EXPECT_EXIT(
        {
          PassWith(setting, 2);
          _exit(0);
        },
        testing::ExitedWithCode(0), "");
  }
}

TEST_F(FailpointDeathTest, ASettingThatIsNoneEndsTheProgram) {
  for (char const* setting : {"", "here:", "here:0", "here:x", "here:1:-1", "here:1:1:1"})
    EXPECT_EXIT(PassWith(setting, 1), testing::ExitedWithCode(2), "PROBEFARM_FAILPOINT");
}

}  // namespace
}  // namespace probefarm
