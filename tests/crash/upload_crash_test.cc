// A coordinator that publishes to a GitHub is killed again and again, at random moments and where
// uploads are decided; its workers die at every step of an upload, and GitHub has troubles of its
// own. In the end the releases hold what the catalog says, each once, and nothing was replaced.
#include <unistd.h>

#include <csignal>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/index/side_file_names.h"
#include "lib/rpc/channel.h"
#include "lib/runtime/status_matchers.h"
#include "lib/runtime/test_setting.h"
#include "tests/crash/release_audit.h"
#include "tests/crash/upload_farm.h"
#include "tests/crash/upload_load.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::IsEmpty;

constexpr int kKills = 40;
constexpr int kKillsOfARound = 20;
constexpr int kProbesOfARound = 80;
constexpr int kUploadsOfALife = 6;
constexpr absl::Duration kLife = absl::Seconds(2);
constexpr absl::Duration kStepPause = absl::Milliseconds(30);
constexpr int kDeaths = 12;  // once in so many steps

class UploadCrashTest : public UploadFarm {
 protected:
  // Random, or where an upload is decided.
  std::string NextFailpoint() {
    switch (random_() % 10) {
      case 8:
        return "log_bundle.planned";
      case 9:
        return "log_bundle.uploaded";
      case 0:
        return absl::StrCat("publish.granted:", 1 + random_() % 10);
      case 1:
        return absl::StrCat("publish.arrived:", 1 + random_() % 10);
      case 2:
        return absl::StrCat("publish.recorded:", 1 + random_() % 10);
      case 3:
      case 4:
        return absl::StrCat("github.side_file_step:", 1 + random_() % 12);
      default:
        return "";
    }
  }

  int64_t Uploads() const { return github().counters().calls["upload"]; }

  // Long enough for some uploads, however slow the machine is.
  void LiveAndDie() {
    if (!Start(NextFailpoint())) return;
    int64_t const end = Uploads() + 1 + static_cast<int64_t>(random_() % kUploadsOfALife);
    if (WaitUntil(
            "the coordinator publishes", [&] { return Uploads() >= end; }, kLife)
            .ok())
      ++busy_;
    absl::SleepFor(absl::Milliseconds(random_() % 50));
    farm_.coordinator().Signal(SIGKILL);
    EXPECT_OK(farm_.coordinator().WaitForExit());
  }

  void PlantTroubles() {
    github().ClearFaults();
    for (char const* rule :
         {"502-starter kind=upload probability=0.05", "commit-drop kind=upload probability=0.05",
          "null-digest kind=upload probability=0.1", "502 kind=list-assets probability=0.05",
          "commit-drop kind=patch-asset probability=0.1",
          "commit-drop kind=delete-asset probability=0.1"})
      Plant(absl::StrCat(rule, " times=0 seed=", random_() % 10'000));
    github().SetListLag(absl::ZeroDuration(), absl::Milliseconds(1500), random_());
  }

  // Nobody dies any more, and all becomes as it should be.
  void ExpectSettlesAgain(UploadLoad& load) {
    load.SetDeaths(0);
    ASSERT_TRUE(Start());
    ExpectSettles(load);
  }

  unsigned const seed_ = static_cast<unsigned>(TestSetting("PROBEFARM_SEED", getpid()));
  testing::ScopedTrace const trace_{__FILE__, __LINE__, absl::StrCat("PROBEFARM_SEED=", seed_)};
  std::mt19937 random_{seed_};
  int busy_ = 0;  // lives in which something was uploaded
};

TEST_F(UploadCrashTest, EveryReleaseHoldsExactlyTheRightAssetsAfterEveryKill) {
  UploadLoad load(farm_.grpc(), {.seed = seed_, .step_pause = kStepPause});
  int const kills = TestSetting("PROBEFARM_KILLS", kKills);
  for (int kill = 0; kill < kills; ++kill) {
    if (kill % kKillsOfARound == 0) {
      ASSERT_NO_FATAL_FAILURE(PlantTroubles());
      ASSERT_TRUE(Start());
      ASSERT_OK(load.Order(kProbesOfARound));
      load.SetDeaths(kDeaths);
    }
    ASSERT_NO_FATAL_FAILURE(LiveAndDie());
    if (kill % kKillsOfARound == kKillsOfARound - 1 || kill == kills - 1)
      ASSERT_NO_FATAL_FAILURE(ExpectSettlesAgain(load));
  }
  load.Stop();
  EXPECT_GT(load.deaths(), kills / 4) << "the workers were too healthy";
  EXPECT_GT(busy_, kills / 4) << "the load was no load";
  EXPECT_LT(unbundled_, load.ordered()) << "no log went into a bundle";
  EXPECT_GT(github().counters().faults_struck, kills / 4);
}

// A worker that is cut off from the coordinator, but not from GitHub: its lease is given away, the
// same probe is built elsewhere, and then its upload arrives.
class StaleUploadTest : public UploadCrashTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(UploadCrashTest::SetUp());
    ASSERT_TRUE(Start());
    stub_ = v1::WorkerService::NewStub(MakeChannel(farm_.grpc()));
    ASSERT_OK(load_.Order(1));
    first_ = MakeWorker("first");
    second_ = MakeWorker("second");
    stale_ = Take(*first_);
    auto const grant = first_->Report(stale_);
    ASSERT_TRUE(grant);
    stale_grant_ = *grant;
    ASSERT_TRUE(first_->OpenSession()) << "which gives its lease away";
    fresh_ = Take(*second_);
  }
  void TearDown() override {
    stopping_ = true;
    UploadCrashTest::TearDown();
  }

  std::unique_ptr<LightWorker> MakeWorker(std::string const& id) {
    return std::make_unique<LightWorker>(*stub_, stopping_, LightWorkerOptions{.id = id});
  }
  static LightWorker::Work Take(LightWorker& worker) {
    std::vector<LightWorker::Work> work;
    EXPECT_TRUE(worker.OpenSession());
    EXPECT_OK(WaitUntil("there is work", [&] {
      work = worker.Acquire();
      if (work.empty()) worker.OpenSession();
      return !work.empty();
    }));
    return work.empty() ? LightWorker::Work() : work[0];
  }
  // The late upload arrives, and its report is refused.
  void SendStale() {
    v1::ReportUploadRequest const late =
        first_->Perform(stale_, stale_grant_, LightWorker::Cut::kNone);
    ASSERT_EQ(late.http_status(), 201);
    EXPECT_THAT(first_->ReportUpload(stale_, late), StatusIs(absl::StatusCode::kAborted));
  }
  std::string BytesAtGitHub() const {
    for (FakeRelease const& release : Releases()) {
      for (FakeAsset const& asset : release.assets) {
        if (!IsSideFileName(asset.name)) return *asset.bytes;
      }
    }
    return "";
  }
  std::atomic<bool> stopping_ = false;
  UploadLoad load_{farm_.grpc(), {.seed = seed_, .workers = 0}};
  std::unique_ptr<v1::WorkerService::Stub> stub_;
  std::unique_ptr<LightWorker> first_;
  std::unique_ptr<LightWorker> second_;
  LightWorker::Work stale_;
  LightWorker::Work fresh_;
  v1::UploadGrant stale_grant_;
};

TEST_F(StaleUploadTest, WithTheSameBytesIsAsGoodAsTheOther) {
  auto const grant = second_->Report(fresh_);
  ASSERT_TRUE(grant);
  ASSERT_NO_FATAL_FAILURE(SendStale());
  auto const clash = second_->Perform(fresh_, *grant, LightWorker::Cut::kNone);
  EXPECT_EQ(clash.http_status(), 422);
  ASSERT_OK(second_->ReportUpload(fresh_, clash));
  while (second_->Report(fresh_)) ADD_FAILURE() << "a grant for what is there";
  ASSERT_NO_FATAL_FAILURE(ExpectSettlesAgain(load_));
}

TEST_F(StaleUploadTest, WithOtherBytesIsAConflictAndStays) {
  fresh_.bytes = "built a second time, and not the same";
  auto const grant = second_->Report(fresh_);
  ASSERT_TRUE(grant);
  ASSERT_NO_FATAL_FAILURE(SendStale());
  auto const clash = second_->Perform(fresh_, *grant, LightWorker::Cut::kNone);
  EXPECT_EQ(clash.http_status(), 422);
  ASSERT_OK_AND_ASSIGN(auto const answer, second_->ReportUpload(fresh_, clash));
  if (!answer.has_fail()) EXPECT_FALSE(second_->Report(fresh_));
  json const job = farm_.Job(fresh_.lease.job());
  EXPECT_EQ(job["state"], "failed") << job;
  EXPECT_EQ(job["reason"]["code"], "conflict") << job;
  EXPECT_EQ(BytesAtGitHub(), stale_.bytes);
  EXPECT_THAT(AuditJournal(ReadWholeFile(github_->journal_path())), IsEmpty());
}

}  // namespace
}  // namespace probefarm
