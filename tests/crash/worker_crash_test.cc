// A worker that is killed at random moments, again and again, while it builds.
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/runtime/status_matchers.h"
#include "lib/runtime/test_setting.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int kKills = 100;
constexpr int kKernels = 4;
constexpr size_t kJobs = 2 * kKernels;
// From a worker's start to its death: before it has a session, in the middle of a build or of an
// upload, and after its last one.
constexpr absl::Duration kShortestLife = absl::Milliseconds(50);
constexpr absl::Duration kLongestLife = absl::Seconds(2);

std::vector<std::string> const kUnfinished = {"queued", "leased", "built", "uploading",
                                              "verifying"};

class WorkerCrashTest : public BuildingFarm {
 protected:
  // A killed worker's jobs are its own again at once: none is to die of that.
  WorkerCrashTest() {
    config_.leases =
        "max_attempts: 10000, max_free_requeues: 10000, poison_losses: 10000, "
        "poison_workers: 10000, ";
  }

  void StartFarm() {
    std::vector<SmallKernel> kernels;
    for (int abi = 1; abi <= kKernels; ++abi) kernels.push_back({.abi = abi});
    Start(kernels);
  }

  // Kills the one worker after a random while, and sees to it that there is always work.
  void LiveAndDie(std::mt19937& random) {
    std::uniform_real_distribution<double> life(absl::ToDoubleSeconds(kShortestLife),
                                                absl::ToDoubleSeconds(kLongestLife));
    auto const worker = StartWorker("w", 2);
    absl::SleepFor(absl::Seconds(life(random)));
    worker->Signal(SIGKILL);
    EXPECT_EQ(ExitCodeOf(*worker), 128 + SIGKILL);
    if (Published() == static_cast<int>(kJobs)) LoseAllAssets();
  }

  // As if somebody had deleted them: all are built again, and may only be published with the digest
  // that is recorded.
  void LoseAllAssets() {
    ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
    for (json const& probe : probes) {
      std::filesystem::remove(absl::StrCat(farm_.releases(), "/", probe["tag"].get<std::string>(),
                                           "/", probe["asset_name"].get<std::string>()));
    }
    EXPECT_THAT(Backfill({}), SizeIs(kJobs));
  }

  int JobsIn(std::vector<std::string> const& states) {
    std::vector<std::string> arguments = {"jobs"};
    for (std::string const& state : states) {
      arguments.push_back("--state");
      arguments.push_back(state);
    }
    absl::StatusOr<json> const jobs = farm_.Ask(arguments);
    EXPECT_OK(jobs);
    return jobs.ok() ? static_cast<int>(jobs->size()) : -1;
  }

  void ExpectEachPublishedOnce() {
    ASSERT_OK(WaitUntil(
        "every job is over", [this] { return JobsIn(kUnfinished) == 0; }, absl::Minutes(3)));
    EXPECT_EQ(JobsIn({"failed", "dead", "cancelled", "skipped"}), 0);
    ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
    EXPECT_THAT(probes, SizeIs(kJobs));
    for (json const& probe : probes) EXPECT_EQ(probe["missing"], false) << probe;
  }

  void ExpectNothingLeft() {
    ASSERT_OK_AND_ASSIGN(std::vector<std::string> const left, engine_->Leftovers("w"));
    EXPECT_THAT(left, IsEmpty());
    std::filesystem::path const spool = farm_.WorkerFolder("w") + "/spool";
    for (auto const& entry : std::filesystem::recursive_directory_iterator(spool))
      EXPECT_FALSE(entry.is_regular_file()) << entry.path();
  }
};

TEST_F(WorkerCrashTest, EveryAssetIsThereOnceAndNothingElseIsLeft) {
  auto const seed = static_cast<unsigned>(TestSetting("PROBEFARM_SEED", getpid()));
  SCOPED_TRACE(absl::StrCat("PROBEFARM_SEED=", seed));
  std::mt19937 random(seed);
  ASSERT_NO_FATAL_FAILURE(StartFarm());
  EXPECT_THAT(Backfill({}), SizeIs(kJobs));
  for (int kill = 0, kills = TestSetting("PROBEFARM_KILLS", kKills); kill < kills; ++kill)
    ASSERT_NO_FATAL_FAILURE(LiveAndDie(random));
  auto const survivor = StartWorker("w", 2);
  ExpectEachPublishedOnce();
  survivor->Signal(SIGTERM);
  EXPECT_EQ(ExitCodeOf(*survivor), 0) << survivor->errors();
  ExpectNothingLeft();
}

}  // namespace
}  // namespace probefarm
