// An engine that crashes while builds run in it.
#include <unistd.h>

#include "absl/strings/match.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"
#include "tests/testing/docker/private_docker.h"

namespace probefarm {
namespace {

using nlohmann::json;

class EngineCrashTest : public BuildingFarm {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "a Docker of the test's own needs root";
    ASSERT_NO_FATAL_FAILURE(BuildingFarm::SetUp());
    ASSERT_OK_AND_ASSIGN(docker_, PrivateDocker::Start(docker_folder_.path()));
    ASSERT_OK_AND_ASSIGN(engine_, FarmEngine::Connect(docker_->address()));
  }

  // What uses the engine goes before it.
  void TearDown() override {
    BuildingFarm::TearDown();
    engine_ = nullptr;
    docker_ = nullptr;
  }

  TemporaryFolder docker_folder_;
  std::unique_ptr<PrivateDocker> docker_;
};

TEST_F(EngineCrashTest, TheBuildIsGivenBackAndDoneAgainAndNothingIsLeft) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .holds_builds = true}}));
  auto const worker = StartWorker("w", 1, {"--engine", docker_->address()});
  json const job = BackfillOne({"--kind", "kmod"});
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("w"));
  ASSERT_OK(docker_->Kill());
  ASSERT_OK(WaitUntil("the worker says that it cannot build", [&] {
    return absl::StrContains(worker->errors(), "this machine cannot build now");
  })) << worker->errors();
  EXPECT_EQ(farm_.Job(job["id"])["state"], "queued");
  ASSERT_OK(docker_->StartAgain());
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("w"));
  json const again = farm_.Job(job["id"]);
  EXPECT_EQ(again["epoch"], 2);
  EXPECT_EQ(again["attempts"], 1);
  // A container and a volume: those of the build that runs now.
  ASSERT_OK(WaitUntil("the first build's are gone", [&] {
    absl::StatusOr<std::vector<std::string>> const left = engine_->Leftovers("w");
    return left.ok() && left->size() == 2 && absl::StrContains(left->front(), "-build-1-2-");
  }));
  ASSERT_NO_FATAL_FAILURE(LetGo("w"));
  ASSERT_OK(farm_.WaitForState(job["id"], "published"));
}

}  // namespace
}  // namespace probefarm
