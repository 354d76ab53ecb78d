#include "worker/build/container_run.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "worker/engine/fake_container_engine.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

constexpr absl::Duration kTimeout = absl::Minutes(20);

class ContainerRunTest : public testing::Test {
 protected:
  absl::StatusOr<ScriptEnd> Run(FakeRun const& run, absl::Duration takes = absl::Seconds(5),
                                std::function<bool()> const& cancelled = nullptr) {
    engine_.AddImage("sha256:builder");
    engine_.SetProgram([this, run, takes](ContainerSpec const&, FakeTree&) {
      clock_.Advance(takes);
      return run;
    });
    ContainerSpec spec;
    spec.image = "sha256:builder";
    container_ = *engine_.CreateContainer(spec);
    return RunContainer(engine_, clock_, container_, kTimeout, log_, cancelled);
  }

  bool IsRunning() { return engine_.ListContainers("")->at(0).running; }

  FakeContainerEngine engine_;
  FakeClock clock_;
  std::string sent_;
  BuildLog log_{1 << 20,
                [this](absl::string_view bytes) { sent_.append(bytes.data(), bytes.size()); }};
  std::string container_;
};

TEST_F(ContainerRunTest, TellsHowTheScriptEndedAndWhatItPrinted) {
  ASSERT_OK_AND_ASSIGN(ScriptEnd const end, Run({.exit = {2, true}, .log = "make: Error 2\n"}));
  EXPECT_EQ(end.exit.code, 2);
  EXPECT_TRUE(end.exit.out_of_memory);
  EXPECT_EQ(end.ran, absl::Seconds(5));
  EXPECT_EQ(sent_, "make: Error 2\n");
}

TEST_F(ContainerRunTest, KillsWhatIsCancelled) {
  EXPECT_THAT(Run({.until_killed = true}, absl::ZeroDuration(), [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(IsRunning());
}

TEST_F(ContainerRunTest, KillsWhatOutlivesItsTimeout) {
  engine_.FailNext(EngineCall::kWaitContainer, absl::DeadlineExceededError("still running"));
  ASSERT_OK_AND_ASSIGN(ScriptEnd const end,
                       Run({.until_killed = true}, kTimeout + absl::Seconds(30)));
  EXPECT_EQ(end.exit.code, 124);
  EXPECT_FALSE(IsRunning());
}

TEST_F(ContainerRunTest, DoesNotTakeAnEngineThatIsSlowToAnswerForATimeout) {
  engine_.FailNext(EngineCall::kWaitContainer, absl::DeadlineExceededError("no answer"));
  EXPECT_THAT(Run({.until_killed = true}), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_FALSE(IsRunning());
}

TEST_F(ContainerRunTest, DoesNotFailABuildWhoseOutputIsLost) {
  engine_.FailNext(EngineCall::kFollowLogs, absl::InternalError("bad frame"));
  ASSERT_OK_AND_ASSIGN(ScriptEnd const end, Run({.log = "lost"}));
  EXPECT_EQ(end.exit.code, 0);
  EXPECT_THAT(sent_, HasSubstr("output is missing: bad frame"));
}

TEST_F(ContainerRunTest, PassesOnThatItCouldNotStart) {
  engine_.FailNext(EngineCall::kStartContainer, absl::UnavailableError("engine restarts"));
  EXPECT_THAT(Run({}), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace probefarm
