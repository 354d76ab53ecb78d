// A coordinator under load that is killed again and again, at random moments and where it hurts,
// and one whose disk is full. What it has answered must hold.
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "coordinator/store/sqlite/database.h"
#include "coordinator/store/sqlite/schema.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "lib/runtime/test_setting.h"
#include "tests/crash/lease_history.h"
#include "tests/crash/lease_load.h"
#include "tests/crash/loop_disk.h"
#include "tests/testing/farm/builder_archive.h"
#include "tests/testing/farm/farm.h"

namespace probefarm {
namespace {

using testing::IsEmpty;

constexpr int kKills = 50;
constexpr int kMaxAttempts = 5;
constexpr size_t kShownLog = 20'000;

class CoordinatorCrashTest : public testing::Test {
 protected:
  CoordinatorCrashTest() : random_(seed_) {
    EXPECT_OK(WriteBareBuilder(folder_ / "builder.tar"));
    farm_.WriteConfig({.mirror = "http://127.0.0.1:1",
                       .keyring = "/usr/share/keyrings/debian-archive-keyring.gpg",
                       .builder = folder_ / "builder.tar",
                       .ttl = "20s",
                       .leases = absl::StrCat("max_attempts: ", kMaxAttempts,
                                              ", poison_losses: 1000, poison_workers: 1000, "),
                       .more = "jobs: {accept_specs: true}\n"});
  }

  // Starts it to be killed at a failpoint, if one is named. False when it was killed before it
  // served.
  void TearDown() override {
    std::string const log = farm_.coordinator_log();
    if (HasFailure()) std::cerr << log.substr(log.size() - std::min(log.size(), kShownLog)) << '\n';
  }

  bool Start(std::string const& failpoint = "") {
    absl::Status const started = farm_.StartCoordinator(
        failpoint.empty() ? "" : absl::StrCat("PROBEFARM_FAILPOINT=", failpoint));
    if (started.ok()) return true;
    EXPECT_FALSE(failpoint.empty()) << started;
    return false;
  }

  // Random, or where the answer and the disk may differ.
  std::string NextFailpoint() {
    switch (random_() % 5) {
      case 0:
        return absl::StrCat("store.before_commit:", 1 + random_() % 200);
      case 1:
        return absl::StrCat("store.after_commit:", 1 + random_() % 200);
      case 2:
        return absl::StrCat("store.checkpoint:", 1 + random_() % 2, ":", random_() % 3000);
      default:
        return "";
    }
  }

  // Lets it live for a while, and kills it unless its failpoint has done so.
  void LiveAndDie() {
    if (!Start(NextFailpoint())) return;
    absl::SleepFor(absl::Milliseconds(100 + random_() % 400));
    farm_.coordinator().Signal(SIGKILL);
    EXPECT_OK(farm_.coordinator().WaitForExit());
  }

  void ExpectHistoryHolds(LeaseLoad& load) {
    LeaseHistory::Snapshot const answered = history_.Now();
    ASSERT_OK_AND_ASSIGN(auto const jobs, load.AllJobs());
    EXPECT_THAT(answered.Check(jobs), IsEmpty());
  }

  unsigned const seed_ = static_cast<unsigned>(TestSetting("PROBEFARM_SEED", getpid()));
  testing::ScopedTrace const trace_{__FILE__, __LINE__, absl::StrCat("PROBEFARM_SEED=", seed_)};
  std::mt19937 random_;
  TemporaryFolder folder_;
  Farm farm_{folder_.path()};
  LeaseHistory history_{kMaxAttempts};
};

TEST_F(CoordinatorCrashTest, WhatItHasAnsweredHoldsAfterEveryKill) {
  LeaseLoad load(farm_.grpc(), history_, seed_);
  int const kills = TestSetting("PROBEFARM_KILLS", kKills);
  for (int kill = 0; kill < kills; ++kill) {
    ASSERT_NO_FATAL_FAILURE(LiveAndDie());
    if (kill % 10 == 9) {
      ASSERT_TRUE(Start());
      ASSERT_NO_FATAL_FAILURE(ExpectHistoryHolds(load));
    }
  }
  ASSERT_TRUE(Start());
  load.Stop();
  ASSERT_NO_FATAL_FAILURE(ExpectHistoryHolds(load));
  EXPECT_GT(history_.enqueued(), 5 * kills) << "the load was no load";
  EXPECT_GT(history_.failed(), kills);
}

TEST_F(CoordinatorCrashTest, AMigrationThatIsKilledIsDoneByTheNextStart) {
  std::filesystem::create_directories(folder_ / "data");
  std::string const path = folder_ / "data/probefarm.db";
  {
    ASSERT_OK_AND_ASSIGN(auto db, Database::Open(path, Database::Mode::kReadWrite));
    ASSERT_OK(MigrateSchema(*db, 1));
    ASSERT_OK(db->Run("INSERT INTO pins(key, digest, created_at) VALUES ('k', 'd', 0)"));
  }
  for (int64_t version = 2; version <= kSchemaVersion; ++version) {
    for (std::string const when : {"store.in_migration", "store.after_migration"})
      EXPECT_FALSE(Start(absl::StrCat(when, ":1")));
  }
  ASSERT_TRUE(Start());
  farm_.coordinator().Signal(SIGTERM);
  ASSERT_OK(farm_.coordinator().WaitForExit());
  ASSERT_OK_AND_ASSIGN(auto db, Database::Open(path, Database::Mode::kReadOnly));
  Statement rows = db->Query("SELECT COUNT(*), user_version FROM pins, pragma_user_version");
  ASSERT_TRUE(rows.Step());
  EXPECT_EQ(rows.Int(0), 1);
  EXPECT_EQ(rows.Int(1), kSchemaVersion);
}

TEST_F(CoordinatorCrashTest, AFullDiskLosesNothingAndIsLeftByItself) {
  std::filesystem::create_directories(folder_ / "data");
  LoopDisk const disk(folder_ / "disk.img", folder_ / "data", 256);
  if (!disk.mounted()) GTEST_SKIP() << "needs root and a loop device";
  ASSERT_TRUE(Start());
  std::string const ballast = folder_ / "data/ballast";
  LeaseLoad load(farm_.grpc(), history_, seed_);
  for (int round = 0; round < 2; ++round) {
    int64_t const before = history_.enqueued();
    ASSERT_OK(WaitUntil("there is load", [&] { return history_.enqueued() > before + 20; }));
    { std::ofstream(ballast, std::ios::binary) << std::string(size_t{260} << 20, 'x'); }
    // The log was grown beforehand, and takes them until its end.
    ASSERT_OK(WaitUntil(
        "writes are refused",
        [&] { return absl::StrContains(farm_.Client({"resume"})->errors, "full"); },
        absl::Minutes(3)));
    EXPECT_OK(farm_.Ask({"status"})) << "reads go on";
    std::filesystem::remove(ballast);
  }
  int64_t const before = history_.enqueued();
  ASSERT_OK(WaitUntil("it goes on", [&] { return history_.enqueued() > before + 20; }));
  load.Stop();
  ASSERT_NO_FATAL_FAILURE(ExpectHistoryHolds(load));
  ASSERT_TRUE(Start()) << "and over a restart";
  ASSERT_NO_FATAL_FAILURE(ExpectHistoryHolds(load));
}

}  // namespace
}  // namespace probefarm
