#include "worker/lease/session_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "worker/lease/fake_coordinator.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

constexpr LeaseName kLease = {7, 2};
constexpr LeaseName kOther = {8, 1};

class SessionKeeperTest : public testing::Test {
 protected:
  static WorkerDescription Describe() {
    WorkerDescription worker;
    worker.id = "w";
    worker.slots = 2;
    return worker;
  }

  void OpenWithLease() {
    ASSERT_OK(keeper_.Open());
    leases_.Add(kLease);
    leases_.SetPhase(kLease, Phase::kBuilding, "half");
  }

  FakeClock clock_;
  FakeCoordinator coordinator_;
  LeaseTable leases_;
  int voided_ = 0;
  int told_to_drain_ = 0;
  std::optional<int64_t> free_disk_;
  SessionKeeper keeper_{coordinator_,
                        leases_,
                        clock_,
                        Describe(),
                        [this] { ++voided_; },
                        [this] { ++told_to_drain_; },
                        [this] { return free_disk_; }};
};

TEST_F(SessionKeeperTest, NamesEveryLeaseInAHeartbeat) {
  OpenWithLease();
  keeper_.Heartbeat();
  keeper_.SetDraining();
  keeper_.Heartbeat();
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("OpenSession w []", "Heartbeat s1 [7/2 building half] free 1",
                          "Heartbeat s1 [7/2 building half] free 1 draining"));
}

TEST_F(SessionKeeperTest, TellsTheFreeDiskAsItIsThen) {
  free_disk_ = 5000;
  OpenWithLease();
  free_disk_ = 4000;
  keeper_.Heartbeat();
  free_disk_.reset();
  keeper_.Heartbeat();
  EXPECT_THAT(coordinator_.calls(), ElementsAre("OpenSession w [] disk 5000",
                                                "Heartbeat s1 [7/2 building half] free 1 disk 4000",
                                                "Heartbeat s1 [7/2 building half] free 1"));
}

TEST_F(SessionKeeperTest, PassesOnThatTheWorkerIsToDrain) {
  OpenWithLease();
  keeper_.Heartbeat();
  EXPECT_EQ(told_to_drain_, 0);
  coordinator_.NextHeartbeat(HeartbeatReply{{Verdict::kContinue}, true});
  keeper_.Heartbeat();
  EXPECT_EQ(told_to_drain_, 1);
  EXPECT_FALSE(leases_.IsOver(kLease));
}

TEST_F(SessionKeeperTest, EndsWhatWasCancelledOrGivenAway) {
  OpenWithLease();
  coordinator_.NextHeartbeat(HeartbeatReply{{Verdict::kCancel}, false});
  keeper_.Heartbeat();
  EXPECT_TRUE(leases_.IsOver(kLease));
  leases_.Add(kOther);
  coordinator_.NextHeartbeat(HeartbeatReply{{Verdict::kAbandon}, false});
  keeper_.Heartbeat();
  EXPECT_TRUE(leases_.IsOver(kOther));
}

TEST_F(SessionKeeperTest, ALeaseThatCameDuringAHeartbeatIsNotJudgedByIt) {
  OpenWithLease();
  coordinator_.OnCall([&](std::string const&) { leases_.Add(kOther); });
  coordinator_.NextHeartbeat(HeartbeatReply{{Verdict::kAbandon}, false});
  keeper_.Heartbeat();
  EXPECT_FALSE(leases_.IsOver(kOther));
}

TEST_F(SessionKeeperTest, ReopensAnUnknownSessionWithWhatItHolds) {
  OpenWithLease();
  coordinator_.NextHeartbeat(absl::AbortedError("reopen: session s1 is unknown"));
  keeper_.Heartbeat();
  EXPECT_EQ(coordinator_.calls().back(), "OpenSession w [7/2]");
  EXPECT_EQ(keeper_.token(), "s2");
  EXPECT_FALSE(leases_.IsOver(kLease));
  EXPECT_EQ(voided_, 0);
}

TEST_F(SessionKeeperTest, ReopeningEndsWhatWasGivenAwayMeanwhile) {
  OpenWithLease();
  coordinator_.NextHeartbeat(absl::AbortedError("reopen"));
  coordinator_.NextOpen(Session{"s2", absl::Seconds(30), {Verdict::kAbandon}});
  keeper_.Heartbeat();
  EXPECT_TRUE(leases_.IsOver(kLease));
}

TEST_F(SessionKeeperTest, AVoidSessionEndsEverything) {
  OpenWithLease();
  coordinator_.NextHeartbeat(absl::AbortedError("void: another worker uses this id"));
  keeper_.Heartbeat();
  EXPECT_TRUE(leases_.IsOver(kLease));
  EXPECT_EQ(voided_, 1);
}

// The coordinator may have opened s2, and s1 is void by that: a heartbeat of s1 would make the
// worker believe that another one has taken its id.
TEST_F(SessionKeeperTest, AfterALostOpenSessionNothingElseIsSent) {
  OpenWithLease();
  coordinator_.NextHeartbeat(absl::AbortedError("reopen"));
  coordinator_.NextOpen(absl::UnavailableError("the answer was lost"));
  keeper_.Heartbeat();
  keeper_.Heartbeat();
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("OpenSession w []", "Heartbeat s1 [7/2 building half] free 1",
                          "OpenSession w [7/2]", "OpenSession w [7/2]"));
  keeper_.Heartbeat();
  EXPECT_EQ(coordinator_.calls().back(), "Heartbeat s3 [7/2 building half] free 1");
}

TEST_F(SessionKeeperTest, FencesItselfAtFourFifthsOfTheTtl) {
  OpenWithLease();
  clock_.Advance(absl::Seconds(24) - absl::Milliseconds(1));
  keeper_.Fence();
  EXPECT_FALSE(leases_.IsOver(kLease));
  clock_.Advance(absl::Milliseconds(1));
  keeper_.Fence();
  EXPECT_TRUE(leases_.IsOver(kLease));
}

TEST_F(SessionKeeperTest, CountsFromTheSendingOfTheLastAcknowledgedHeartbeat) {
  OpenWithLease();
  clock_.Advance(absl::Seconds(10));
  coordinator_.OnCall([&](std::string const&) { clock_.Advance(absl::Seconds(6)); });
  keeper_.Heartbeat();  // sent at 10 s, answered at 16 s
  coordinator_.NextHeartbeat(absl::UnavailableError("gone"));
  keeper_.Heartbeat();  // sent at 16 s, never acknowledged
  clock_.Advance(absl::Seconds(12) - absl::Milliseconds(1));
  keeper_.Fence();
  EXPECT_FALSE(leases_.IsOver(kLease));
  clock_.Advance(absl::Milliseconds(1));
  keeper_.Fence();
  EXPECT_TRUE(leases_.IsOver(kLease));
}

TEST_F(SessionKeeperTest, AHeartbeatThatHangsDoesNotStopFencing) {
  OpenWithLease();
  std::promise<void> hanging;
  std::promise<void> go_on;
  coordinator_.OnCall([&](std::string const&) {
    hanging.set_value();
    go_on.get_future().wait();
  });
  std::future<void> heartbeat = std::async(std::launch::async, [&] { keeper_.Heartbeat(); });
  hanging.get_future().wait();
  clock_.Advance(absl::Seconds(24));
  keeper_.Fence();
  EXPECT_TRUE(leases_.IsOver(kLease));
  go_on.set_value();
  heartbeat.get();
  EXPECT_TRUE(leases_.IsOver(kLease));
  EXPECT_THAT(leases_.Held(), IsEmpty());
}

TEST_F(SessionKeeperTest, BeatsThreeTimesATtlAndSoonAfterAFailure) {
  OpenWithLease();
  EXPECT_THAT(keeper_.HeartbeatInterval(), AllOf(Ge(absl::Seconds(9)), Le(absl::Seconds(11))));
  coordinator_.NextHeartbeat(absl::DeadlineExceededError("hung"));
  keeper_.Heartbeat();
  EXPECT_EQ(keeper_.HeartbeatInterval(), absl::Seconds(1));
  keeper_.Heartbeat();
  EXPECT_GE(keeper_.HeartbeatInterval(), absl::Seconds(9));
}

}  // namespace
}  // namespace probefarm
