// The shipped worker is killed at every step of an upload to a GitHub: before it uses its grant, in
// the middle of the file, with the answer that it has not reported, and after its report. Its next
// life builds what is left. In the end the release holds each probe once, with the bytes that the
// catalog says, and so do the side files.
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <numeric>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/runtime/status_matchers.h"
#include "lib/runtime/test_setting.h"
#include "tests/crash/release_audit.h"
#include "tests/crash/upload_load.h"
#include "tests/integration/small_farm.h"
#include "tests/testing/farm/farm_github.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int kKills = 8;
constexpr int kMoreKills = 40;
constexpr int kMostLives = 10;  // of the workers, for each kill
constexpr absl::Duration kLife = absl::Seconds(15);
constexpr int kKernels = 4;
constexpr size_t kJobs = size_t{2} * kKernels;
constexpr int kWorkers = 3;
constexpr int kModuleBytes = 400'000;  // that the connection takes in several pieces
constexpr absl::Duration kSettles = absl::Seconds(60);

struct Step {
  char const* failpoint;
  int hits;  // at most so many, the last of which kills
  int deaths = 0;
};

class WorkerUploadCrashTest : public BuildingFarm {
 protected:
  // A killed worker's jobs are its own again at once: none is to die of that.
  WorkerUploadCrashTest() {
    config_.ttl = "3s";
    config_.leases =
        "max_attempts: 10000, max_free_requeues: 10000, poison_losses: 10000, "
        "poison_workers: 10000, ";
  }
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(BuildingFarm::SetUp());
    ASSERT_OK_AND_ASSIGN(github_, FarmGitHub::Start(folder_.path()));
    config_.releases = github_->Config();
    std::vector<SmallKernel> kernels;
    for (int abi = 1; abi <= kKernels; ++abi)
      kernels.push_back({.abi = abi, .module_bytes = kModuleBytes});
    ASSERT_NO_FATAL_FAILURE(Start(kernels));
    EXPECT_THAT(Backfill({}), SizeIs(kJobs));
  }

  void Plant(std::string const& rule) {
    absl::StatusOr<FakeFault> fault =
        ParseFakeFault(absl::StrCat(rule, " kind=upload times=0 seed=", random_() % 10'000));
    ASSERT_OK(fault);
    github_->fake().Plant(*std::move(fault));
  }

  // At the step, or a moment after it: while the next bytes go, or the answer comes.
  std::string FailpointAt(Step const& step) {
    auto const hit = 1 + random_() % step.hits;
    auto const microseconds = random_() % 2 == 0 ? 0 : random_() % 50'000;
    return absl::StrCat("PROBEFARM_FAILPOINT=", step.failpoint, ":", hit, ":", microseconds);
  }

  std::vector<std::string> Complaints() {
    auto const jobs = load_.AllJobs();
    auto const probes = load_.AllProbes();
    if (!jobs.ok() || !probes.ok()) return {"the coordinator does not answer"};
    std::vector<std::string> all = AuditLatest(*jobs, *probes);
    auto more = AuditReleases(github_->fake().Releases(FarmGitHub::kRepository), *probes);
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  // Those of this round: the probes of an earlier one are somebody else's by now.
  std::vector<std::string> AuditLatest(std::vector<v1::Job> jobs,
                                       std::vector<v1::PublishedProbe> const& probes) const {
    std::erase_if(jobs, [this](v1::Job const& job) { return job.id() <= earlier_jobs_; });
    std::vector<std::string> all = AuditJobs(jobs, probes);
    if (jobs.size() != kJobs) all.push_back(absl::StrCat("there are ", jobs.size(), " jobs"));
    return all;
  }
  bool IsAllPublished() {
    auto const jobs = load_.AllJobs();
    return jobs.ok() && std::all_of(jobs->begin(), jobs->end(), [](v1::Job const& job) {
             return job.state() == v1::PUBLISHED;
           });
  }

  // A worker for each of the steps at which fewest have died, until they die there: there may be
  // nothing left to upload before.
  void LiveAndDie() {
    std::sort(steps_.begin(), steps_.end(),
              [](Step const& a, Step const& b) { return a.deaths < b.deaths; });
    std::vector<std::unique_ptr<RunningProgram>> workers;
    workers.reserve(kWorkers);
    for (int i = 0; i < kWorkers; ++i)
      workers.push_back(StartWorker(absl::StrCat("w", i), 1, {}, FailpointAt(steps_.at(i))));
    // One that waits for the header volume which a dead one was filling would wait for minutes
    // (HeaderVolumes::Options::stale_filler): it dies there, and its next life removes what is
    // left.
    WaitUntil(
        "the workers die",
        [&] {
          auto const runs = [](auto const& worker) { return worker->running(); };
          return std::none_of(workers.begin(), workers.end(), runs) || IsAllPublished();
        },
        kLife)
        .IgnoreError();
    for (int i = 0; i < kWorkers; ++i) {
      if (!workers[i]->running()) ++steps_.at(i).deaths;
      workers[i]->Signal(SIGKILL);
      EXPECT_EQ(ExitCodeOf(*workers[i]), 128 + SIGKILL) << workers[i]->errors();
    }
  }
  int Deaths() const {
    return std::accumulate(steps_.begin(), steps_.end(), 0,
                           [](int sum, Step const& step) { return sum + step.deaths; });
  }

  // Nobody dies any more, and all becomes as it should be.
  void ExpectSettles() {
    std::vector<std::unique_ptr<RunningProgram>> survivors;
    survivors.reserve(kWorkers);
    for (int i = 0; i < kWorkers; ++i) survivors.push_back(StartSurvivor(absl::StrCat("w", i)));
    std::vector<std::string> complaints;
    absl::Status const settled = WaitUntil(
        "all is published",
        [&] {
          complaints = Complaints();
          return complaints.empty();
        },
        kSettles);
    ASSERT_OK(settled) << absl::StrJoin(complaints, "\n");
    EXPECT_THAT(AuditJournal(JournalOfRound()), IsEmpty());
    for (auto const& survivor : survivors) {
      survivor->Signal(SIGTERM);
      EXPECT_EQ(ExitCodeOf(*survivor), 0) << survivor->errors();
    }
    for (int i = 0; i < kWorkers; ++i) ExpectNothingLeft(absl::StrCat("w", i));
  }
  // Ready to be told to end.
  std::unique_ptr<RunningProgram> StartSurvivor(std::string const& name) {
    std::string const opened = absl::StrCat("session opened worker=", engine_->WorkerId(name), " ");
    size_t const before = farm_.coordinator_log().size();
    auto worker = StartWorker(name);
    EXPECT_OK(WaitUntil("the worker serves", [&] {
      return absl::StrContains(farm_.coordinator_log().substr(before), opened);
    }));
    return worker;
  }
  void ExpectNothingLeft(std::string const& name) {
    ASSERT_OK_AND_ASSIGN(std::vector<std::string> const left, engine_->Leftovers(name));
    EXPECT_THAT(left, IsEmpty());
    for (auto const& entry :
         std::filesystem::recursive_directory_iterator(farm_.WorkerFolder(name) + "/spool"))
      EXPECT_FALSE(entry.is_regular_file()) << entry.path();
  }
  bool HasBrokenOff() const {
    return absl::StrContains(ReadWholeFile(github_->journal_path()), "\"starter\"");
  }
  std::string JournalOfRound() const {
    return ReadWholeFile(github_->journal_path()).substr(journal_before_);
  }

  // As if somebody had deleted them: all are built again, and may only be published with the digest
  // that is recorded.
  void BeginAgain() {
    ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
    earlier_jobs_ += kJobs;
    for (FakeRelease const& release : github_->fake().Releases(FarmGitHub::kRepository)) {
      for (FakeAsset const& asset : release.assets) {
        bool const is_probe = std::any_of(probes.begin(), probes.end(), [&](json const& probe) {
          return probe["asset_name"] == asset.name;
        });
        if (is_probe) github_->fake().RemoveAsset(FarmGitHub::kRepository, asset.id);
      }
    }
    journal_before_ = ReadWholeFile(github_->journal_path()).size();
    ASSERT_OK(WaitUntil("the loss is noticed", [&] {
      absl::StatusOr<json> const now = farm_.Ask({"probes"});
      return now.ok() && std::all_of(now->begin(), now->end(),
                                     [](json const& probe) { return probe["missing"] == true; });
    }));
    EXPECT_THAT(Backfill({}), SizeIs(kJobs));
  }

  unsigned const seed_ = static_cast<unsigned>(TestSetting("PROBEFARM_SEED", getpid()));
  testing::ScopedTrace const trace_{__FILE__, __LINE__, absl::StrCat("PROBEFARM_SEED=", seed_)};
  std::mt19937 random_{seed_};
  std::array<Step, 4> steps_ = {
      {{"upload.granted", 2}, {"upload.piece", 8}, {"upload.answered", 2}, {"upload.reported", 2}}};
  int64_t earlier_jobs_ = 0;   // of rounds that are over
  size_t journal_before_ = 0;  // bytes
  std::unique_ptr<FarmGitHub> github_;
  UploadLoad load_{farm_.grpc(), {.workers = 0}};
};

TEST_F(WorkerUploadCrashTest, TheReleaseHoldsEachProbeOnceWhereverTheWorkerDied) {
  int const kills = TestSetting("PROBEFARM_KILLS", kKills);
  ASSERT_NO_FATAL_FAILURE(Plant("slow bytes=300 delay=10ms probability=0.5"));
  ASSERT_NO_FATAL_FAILURE(Plant("commit-drop probability=0.1"));
  int lives = 0;
  // A step may die between two bytes that matter or not: some more, until one upload broke off.
  while (Deaths() < kills || (!HasBrokenOff() && Deaths() < kills + kMoreKills)) {
    ASSERT_LT(++lives, kMostLives * kills) << "the workers do not reach the steps";
    ASSERT_NO_FATAL_FAILURE(LiveAndDie());
    ASSERT_FALSE(HasFailure());
    if (!IsAllPublished()) continue;
    ASSERT_NO_FATAL_FAILURE(ExpectSettles());
    ASSERT_NO_FATAL_FAILURE(BeginAgain());
  }
  ASSERT_NO_FATAL_FAILURE(ExpectSettles());
  for (Step const& step : steps_) EXPECT_GT(step.deaths, 0) << step.failpoint;
  EXPECT_TRUE(HasBrokenOff()) << "no upload broke off in the middle";
  EXPECT_EQ(github_->fake().counters().limited, 0);
  EXPECT_EQ(github_->fake().counters().leaked_tokens, 0);
}

}  // namespace
}  // namespace probefarm
