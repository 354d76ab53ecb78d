#include "worker/lease/log_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "lib/runtime/status_matchers.h"
#include "worker/lease/fake_coordinator.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr LeaseName kLease = {7, 2};

class LogSenderTest : public testing::Test {
 protected:
  absl::StatusOr<int64_t> Send(int64_t offset, std::string const& bytes) {
    return coordinator_.AppendLog("s", kLease, offset, bytes);
  }

  std::string Copy() const { return coordinator_.LogOf(kLease); }

  FakeCoordinator coordinator_;
  LogSender log_{[this](int64_t offset, std::string const& bytes) { return Send(offset, bytes); },
                 absl::InfiniteDuration()};
};

TEST_F(LogSenderTest, SendsWhatIsNew) {
  log_.Append("one ");
  ASSERT_OK(log_.Flush());
  log_.Append("two");
  ASSERT_OK(log_.Flush());
  ASSERT_OK(log_.Flush());
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("AppendLog s 7/2 @0 one ", "AppendLog s 7/2 @4 two"));
  EXPECT_EQ(Copy(), "one two");
}

TEST_F(LogSenderTest, SendsALongLogInPieces) {
  std::string const text(600 << 10, 'x');
  log_.Append(text);
  ASSERT_OK(log_.Flush());
  EXPECT_THAT(coordinator_.calls(), SizeIs(3));
  EXPECT_EQ(Copy(), text);
}

TEST_F(LogSenderTest, ASendingThatFailedIsRepeatedFromTheSamePlace) {
  coordinator_.NextAppend(absl::UnavailableError("restarting"));
  log_.Append("one ");
  EXPECT_THAT(log_.Flush(), StatusIs(absl::StatusCode::kUnavailable));
  log_.Append("two");
  ASSERT_OK(log_.Flush());
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("AppendLog s 7/2 @0 one ", "AppendLog s 7/2 @0 one two"));
}

TEST_F(LogSenderTest, GoesOnWhereTheCopyEndsWhenAnAnswerWasLost) {
  log_.Append("one ");
  ASSERT_OK(Send(0, "one "));
  log_.Append("two");
  coordinator_.NextAppend(4);
  ASSERT_OK(log_.Flush());
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("AppendLog s 7/2 @0 one ", "AppendLog s 7/2 @0 one two",
                          "AppendLog s 7/2 @4 two"));
}

TEST_F(LogSenderTest, AStoreThatDropsWhatIsBeyondItsLimitDoesNotWedgeIt) {
  coordinator_.LimitLogs(5);
  log_.Append("one two");
  ASSERT_OK(log_.Flush());
  // The copy's notice of its limit makes it longer than what was sent.
  coordinator_.NextAppend(50);
  log_.Append(" three");
  log_.Append(" four");
  ASSERT_OK(log_.Flush());
  ASSERT_OK(log_.Flush());
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("AppendLog s 7/2 @0 one two", "AppendLog s 7/2 @7  three four"));
  EXPECT_EQ(Copy(), "one t");
}

TEST_F(LogSenderTest, ACopyThatDoesNotGrowIsAnErrorAndNoLoop) {
  coordinator_.NextAppend(0);
  log_.Append("one");
  EXPECT_THAT(log_.Flush(), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(coordinator_.calls(), SizeIs(1));
}

TEST_F(LogSenderTest, FallsSilentWhenTheLeaseIsOver) {
  coordinator_.NextAppend(absl::AbortedError("the lease is not yours any more"));
  log_.Append("one");
  EXPECT_THAT(log_.Flush(), StatusIs(absl::StatusCode::kAborted));
  log_.Append("two");
  EXPECT_OK(log_.Flush());
  EXPECT_THAT(coordinator_.calls(), SizeIs(1));
}

TEST_F(LogSenderTest, FallsSilentWhenTheCopyLostWhatItHad) {
  log_.Append("one");
  ASSERT_OK(log_.Flush());
  coordinator_.NextAppend(absl::OutOfRangeError("the log has 0 bytes"));
  log_.Append("two");
  EXPECT_THAT(log_.Flush(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_OK(log_.Flush());
  EXPECT_THAT(coordinator_.calls(), SizeIs(2));
}

TEST(LogSender, SendsByItselfAndNeverHoldsUpTheBuild) {
  std::promise<void> sending;
  std::promise<void> go_on;
  std::string copy;
  {
    LogSender log(
        [&, first = true](int64_t, std::string const& bytes) mutable -> absl::StatusOr<int64_t> {
          if (std::exchange(first, false)) {
            sending.set_value();
            go_on.get_future().wait();
          }
          copy += bytes;
          return static_cast<int64_t>(copy.size());
        },
        absl::Milliseconds(1));
    log.Append("one ");
    sending.get_future().wait();
    log.Append("two");
    go_on.set_value();
    ASSERT_OK(log.Flush());
  }
  EXPECT_EQ(copy, "one two");
}

}  // namespace
}  // namespace probefarm
