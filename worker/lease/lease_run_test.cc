#include "worker/lease/lease_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "lib/build/sample_build_spec.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "worker/lease/fake_coordinator.h"

namespace probefarm {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr LeaseName kName = {7, 2};

// Uploads are not what is tested here: nobody answers.
class NoHttp final : public HttpClient {
 public:
  absl::StatusOr<HttpResponse> Send(HttpRequest const& /*request*/) override {
    return absl::UnavailableError("no network");
  }
};

class LeaseRunTest : public testing::Test {
 protected:
  LeaseRunTest() { EXPECT_OK(session_.Open()); }

  // Runs the lease to its end, uploads included.
  LeaseRun::Machine Run(LeaseRun::Build build, std::string spec = ToJson(SampleBuildSpec())) {
    auto uploads = std::make_unique<PatientExecutor>(1, clock_);
    LeaseRun run(coordinator_, leases_, session_, publishing_, *uploads, stop_, clock_, "w",
                 std::move(build));
    LeaseRun::Machine const machine = run.Run({kName, std::move(spec), absl::InfiniteFuture()});
    uploads.reset();
    return machine;
  }

  BuildOutcome Built() const { return BuiltArtifact{path_, "abc", 5}; }
  bool FileExists() const { return std::filesystem::exists(path_); }

  FakeClock clock_;
  FakeCoordinator coordinator_;
  LeaseTable leases_;
  StopSignal stop_;
  NoHttp http_;
  SessionKeeper session_{coordinator_, leases_, clock_, {.id = "w"}, [] {}};
  Publishing publishing_{coordinator_,
                         leases_,
                         http_,
                         clock_,
                         [this] { return session_.token(); },
                         [this](absl::Duration wait) { clock_.Advance(wait); }};
  TemporaryFolder folder_;
  std::string const path_ = folder_.Write("artifact", "probe");
};

TEST_F(LeaseRunTest, ABuiltFileIsReportedAndDeleted) {
  Run([&](BuildSpec const& spec, BuildRunContext const& context) {
    EXPECT_EQ(spec, SampleBuildSpec());
    EXPECT_EQ(context.lease.job, kName.job);
    context.log("sha256  name\n");
    return Built();
  });
  EXPECT_THAT(coordinator_.calls(), Contains("ReportArtifact s1 7/2 abc 5"));
  EXPECT_EQ(coordinator_.LogOf(kName), "sha256  name\n");
  EXPECT_FALSE(FileExists());
  EXPECT_TRUE(leases_.IsOver(kName));
}

TEST_F(LeaseRunTest, TheEndOfTheLogWaitsForACoordinatorThatRestarts) {
  coordinator_.NextAppend(absl::UnavailableError("restarting"));
  Run([&](BuildSpec const&, BuildRunContext const& context) {
    context.log("sha256  name\n");
    return Built();
  });
  EXPECT_EQ(coordinator_.LogOf(kName), "sha256  name\n");
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("OpenSession w []", "AppendLog s1 7/2 @0 sha256  name\n",
                          "AppendLog s1 7/2 @0 sha256  name\n", "ReportArtifact s1 7/2 abc 5"));
}

TEST_F(LeaseRunTest, ABuildIsHeldWithItsPhaseWhileItRuns) {
  Run([&](BuildSpec const&, BuildRunContext const& context) {
    context.on_phase(BuildPhase::kBuilding, "");
    EXPECT_EQ(leases_.Held().at(0).phase, Phase::kBuilding);
    EXPECT_FALSE(context.cancelled());
    return Built();
  });
  EXPECT_THAT(leases_.Held(), IsEmpty());
}

TEST_F(LeaseRunTest, AFailureIsToldWithItsLogBeforeIt) {
  Run([](BuildSpec const&, BuildRunContext const& context) {
    context.log("error: no such field\n");
    return BuildFailure{BuildFailure::Class::kPermanent, "compiler_error", "no such field"};
  });
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("OpenSession w []", "AppendLog s1 7/2 @0 error: no such field\n",
                          "Complete s1 7/2 permanent compiler_error"));
}

TEST_F(LeaseRunTest, ATransientFailureIsToldAsSuch) {
  Run([](BuildSpec const&, BuildRunContext const&) {
    return BuildFailure{BuildFailure::Class::kTransient, "engine_error", "no such container"};
  });
  EXPECT_EQ(coordinator_.calls().back(), "Complete s1 7/2 transient engine_error");
}

TEST_F(LeaseRunTest, AFailureOfThisMachineGivesTheLeaseBack) {
  LeaseRun::Machine const machine = Run([](BuildSpec const&, BuildRunContext const& context) {
    context.log("cannot write\n");
    return BuildFailure{BuildFailure::Class::kMachine, "no_space", "disk full"};
  });
  EXPECT_EQ(machine, LeaseRun::Machine::kUnfit);
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("OpenSession w []", "AppendLog s1 7/2 @0 cannot write\n",
                          "Release s1 7/2 no_space"));
  EXPECT_TRUE(leases_.IsOver(kName));
}

// Nothing is taken after the completion, so a log that is sent only once would lose the reason.
TEST_F(LeaseRunTest, WhenTheCoordinatorRestartsBothLogAndFailureAreSentAgain) {
  coordinator_.NextAppend(absl::UnavailableError("restarting"));
  coordinator_.NextEnd(absl::UnavailableError("restarting"));
  Run([](BuildSpec const&, BuildRunContext const& context) {
    context.log("error\n");
    return BuildFailure{BuildFailure::Class::kPermanent, "compiler_error", ""};
  });
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("OpenSession w []", "AppendLog s1 7/2 @0 error\n",
                          "Complete s1 7/2 permanent compiler_error", "AppendLog s1 7/2 @0 error\n",
                          "Complete s1 7/2 permanent compiler_error"));
}

TEST_F(LeaseRunTest, ASpecThatIsNoneIsAPermanentFailureAndNotBuilt) {
  Run(
      [](BuildSpec const&, BuildRunContext const&) -> BuildOutcome {
        ADD_FAILURE() << "built";
        return BuildCancelled();
      },
      "{}");
  EXPECT_EQ(coordinator_.calls().back(), "Complete s1 7/2 permanent bad_spec");
  EXPECT_TRUE(leases_.IsOver(kName));
}

TEST_F(LeaseRunTest, ACancelledBuildHasNothingToTell) {
  Run([&](BuildSpec const&, BuildRunContext const& context) {
    leases_.End(kName);
    EXPECT_TRUE(context.cancelled());
    return BuildCancelled();
  });
  EXPECT_THAT(coordinator_.calls(), ElementsAre("OpenSession w []"));
}

TEST_F(LeaseRunTest, AWorkerThatStopsGivesTheLeaseBack) {
  Run([&](BuildSpec const&, BuildRunContext const& context) {
    stop_.Advance(StopSignal::Stage::kStopping);
    leases_.EndAll();
    EXPECT_TRUE(context.cancelled());
    return BuildCancelled();
  });
  EXPECT_EQ(coordinator_.calls().back(), "Release s1 7/2 worker_stopped");
}

TEST_F(LeaseRunTest, ALeaseThatComesAfterTheStopIsNotBuiltToItsEnd) {
  stop_.Advance(StopSignal::Stage::kStopping);
  leases_.EndAll();
  Run([&](BuildSpec const&, BuildRunContext const& context) {
    EXPECT_TRUE(context.cancelled());
    return BuildCancelled();
  });
  EXPECT_EQ(coordinator_.calls().back(), "Release s1 7/2 worker_stopped");
}

TEST_F(LeaseRunTest, AFileWhoseLeaseWasTakenAwayIsDeletedAndNotGivenBack) {
  coordinator_.NextStepOf(absl::AbortedError("not yours"));
  Run([&](BuildSpec const&, BuildRunContext const&) { return Built(); });
  EXPECT_FALSE(FileExists());
  EXPECT_THAT(coordinator_.calls(), Not(Contains(StartsWith("Release"))));
}

TEST_F(LeaseRunTest, AFileThatWaitsWhenTheWorkerStopsIsDeletedAndGivenBack) {
  coordinator_.NextStepOf(AskAgain{absl::InfiniteFuture(), "gate closed"});
  coordinator_.OnCall([&](std::string const& call) {
    if (!call.starts_with("ReportArtifact")) return;
    stop_.Advance(StopSignal::Stage::kStopping);
    leases_.EndAll();
  });
  Run([&](BuildSpec const&, BuildRunContext const&) { return Built(); });
  EXPECT_FALSE(FileExists());
  EXPECT_EQ(coordinator_.calls().back(), "Release s1 7/2 worker_stopped");
}

TEST_F(LeaseRunTest, AFileThatWaitsHoldsUpNoOther) {
  LeaseName const other = {8, 1};
  std::promise<void> reported;
  coordinator_.NextStepOf(AskAgain{absl::InfiniteFuture(), "no room"});
  coordinator_.OnCall([&](std::string const& call) {
    if (call.starts_with("ReportArtifact s1 8/1")) reported.set_value();
  });
  auto uploads = std::make_unique<PatientExecutor>(1, clock_);
  LeaseRun run(coordinator_, leases_, session_, publishing_, *uploads, stop_, clock_, "w",
               [&](BuildSpec const&, BuildRunContext const&) { return Built(); });
  std::string const spec = ToJson(SampleBuildSpec());
  run.Run({kName, spec, absl::InfiniteFuture()});
  run.Run({other, spec, absl::InfiniteFuture()});
  reported.get_future().wait();
  EXPECT_FALSE(leases_.IsOver(kName)) << "it waits still";
  leases_.EndAll();
  clock_.Advance(absl::Seconds(1));
  uploads->Wake();
  uploads.reset();
  EXPECT_TRUE(leases_.IsOver(kName));
}

TEST_F(LeaseRunTest, ARefusedFileIsDeleted) {
  coordinator_.NextStepOf(DeleteIt{false, "conflict"});
  Run([&](BuildSpec const&, BuildRunContext const&) { return Built(); });
  EXPECT_FALSE(FileExists());
  EXPECT_TRUE(leases_.IsOver(kName));
}

}  // namespace
}  // namespace probefarm
