#include "worker/lease/build_slot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/build/sample_build_spec.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "worker/lease/fake_coordinator.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NoHttp final : public HttpClient {
 public:
  absl::StatusOr<HttpResponse> Send(HttpRequest const& /*request*/) override {
    return absl::UnavailableError("no network");
  }
};

class BuildSlotTest : public testing::Test {
 protected:
  BuildSlotTest() { EXPECT_OK(session_.Open()); }

  static std::vector<Lease> OneLease() {
    return {{{7, 2}, ToJson(SampleBuildSpec()), absl::InfiniteFuture()}};
  }

  BuildOutcome Build(BuildRunContext const& context) {
    built_.push_back(context.lease.job);
    return BuildFailure{BuildFailure::Class::kTransient, "no_space", "full"};
  }

  FakeClock clock_;
  FakeCoordinator coordinator_;
  LeaseTable leases_;
  StopSignal stop_;
  NoHttp http_;
  PatientExecutor uploads_{1, clock_};
  std::vector<int64_t> built_;
  SessionKeeper session_{coordinator_, leases_, clock_, {.id = "w"}, [] {}};
  Publishing publishing_{coordinator_,         leases_, http_, clock_, [] { return "s1"; },
                         [](absl::Duration) {}};
  LeaseRun run_{
      coordinator_,
      leases_,
      session_,
      publishing_,
      uploads_,
      stop_,
      clock_,
      "w",
      [this](BuildSpec const&, BuildRunContext const& context) { return Build(context); }};
  BuildPermits permits_{1};
  bool fit_ = true;
  BuildSlot slot_{coordinator_,        session_, run_, permits_, stop_, [this] { return fit_; }, 3,
                  absl::ZeroDuration()};
};

TEST_F(BuildSlotTest, BuildsTheLeaseThatAPollBrings) {
  coordinator_.NextAcquire(OneLease());
  slot_.RunOnce();
  EXPECT_THAT(built_, ElementsAre(7));
  EXPECT_THAT(coordinator_.calls(), ElementsAre("OpenSession w []", "Acquire s1 slot-3-1 25s",
                                                "Complete s1 7/2 transient no_space"));
}

TEST_F(BuildSlotTest, AsksAheadWhenNoSlotIsFree) {
  ASSERT_OK_AND_ASSIGN(BuildPermits::Permit const building, permits_.Take(nullptr));
  std::optional<BuildPermits::Turn> const its_turn = permits_.AwaitTurn([] { return false; });
  slot_.RunOnce();
  EXPECT_EQ(coordinator_.calls().back(), "Acquire s1 slot-3-1 25s ahead");
}

TEST_F(BuildSlotTest, AsksForNothingWhileTheMachineCannotBuild) {
  fit_ = false;
  slot_.RunOnce();
  EXPECT_THAT(coordinator_.calls(), ElementsAre("OpenSession w []"));
}

TEST_F(BuildSlotTest, ANewWishHasANewId) {
  slot_.RunOnce();
  slot_.RunOnce();
  EXPECT_THAT(coordinator_.calls(), ElementsAre("OpenSession w []", "Acquire s1 slot-3-1 25s",
                                                "Acquire s1 slot-3-2 25s"));
}

TEST_F(BuildSlotTest, TheSameWishIsRepeatedWhenItsAnswerWasLost) {
  coordinator_.NextAcquire(absl::UnavailableError("the answer was lost"));
  coordinator_.NextAcquire(absl::DeadlineExceededError("again"));
  coordinator_.NextAcquire(OneLease());
  slot_.RunOnce();
  EXPECT_THAT(built_, ElementsAre(7));
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("OpenSession w []", "Acquire s1 slot-3-1 25s", "Acquire s1 slot-3-1 25s",
                          "Acquire s1 slot-3-1 25s", "Complete s1 7/2 transient no_space"));
}

TEST_F(BuildSlotTest, WhatAnInterruptedPollBroughtIsGivenBack) {
  coordinator_.OnCall([&](std::string const&) { stop_.Advance(StopSignal::Stage::kDraining); });
  coordinator_.NextAcquire(absl::CancelledError("interrupted"));
  coordinator_.NextAcquire(OneLease());
  slot_.RunOnce();
  EXPECT_THAT(built_, IsEmpty());
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("OpenSession w []", "Acquire s1 slot-3-1 25s", "Acquire s1 slot-3-1 0",
                          "Release s1 7/2 draining"));
}

TEST_F(BuildSlotTest, ALeaseThatComesWhenTheWorkerDrainsIsGivenBack) {
  coordinator_.OnCall([&](std::string const&) { stop_.Advance(StopSignal::Stage::kDraining); });
  coordinator_.NextAcquire(OneLease());
  coordinator_.NextAcquire(OneLease());
  slot_.RunOnce();
  EXPECT_THAT(built_, IsEmpty());
  EXPECT_EQ(coordinator_.calls().back(), "Release s1 7/2 draining");
}

TEST_F(BuildSlotTest, DoesNotRepeatAWishOnceTheWorkerDrains) {
  coordinator_.OnCall([&](std::string const&) { stop_.Advance(StopSignal::Stage::kDraining); });
  coordinator_.NextAcquire(absl::UnavailableError("away"));
  coordinator_.NextAcquire(absl::UnavailableError("away"));
  slot_.RunOnce();
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("OpenSession w []", "Acquire s1 slot-3-1 25s", "Acquire s1 slot-3-1 0"));
}

TEST_F(BuildSlotTest, EndsItsLoopWhenTheWorkerDrains) {
  coordinator_.NextAcquire(OneLease());
  coordinator_.OnCall([&](std::string const& call) {
    if (call.starts_with("Complete")) stop_.Advance(StopSignal::Stage::kDraining);
  });
  slot_.Loop();
  EXPECT_THAT(built_, ElementsAre(7));
}

}  // namespace
}  // namespace probefarm
