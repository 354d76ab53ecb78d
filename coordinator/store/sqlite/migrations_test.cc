#include "coordinator/store/sqlite/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "coordinator/store/sqlite/schema.h"
#include "coordinator/store/sqlite/sqlite_store.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;

// A file as each earlier version left it, opened by this program. The versions before the last have
// a job's order and its state in one row.
class EarlierFile : public testing::TestWithParam<int64_t> {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(auto db, Database::Open(path_, Database::Mode::kReadWrite));
    ASSERT_OK(MigrateSchema(*db, GetParam()));
    ASSERT_OK(db->RunScript(
        "INSERT INTO sessions(session, worker, arch, memory_bytes_per_slot, engine, slots, "
        "opened_at, ended_at, void) VALUES ('s', 'w', 'x86_64', 1, 'docker', 4, 0, NULL, 0)"));
    AddJob(*db, 1, "'queued', 1, 0, NULL, 0");
    AddJob(*db, 2, absl::StrCat("'queued', 0, 1, NULL, ", absl::ToUnixMicros(kBackoffEnds)));
    AddJob(*db, 3, "'leased', 0, 1, 's', 0");
    AddJob(*db, 4, "'failed', 0, 1, NULL, 0");
    AddJob(*db, 5, "'cancelled', 0, 0, NULL, 0");
    ASSERT_OK(db->RunScript("DELETE FROM job_specs WHERE job = 5; DELETE FROM jobs WHERE id = 5"));
    db.reset();
    SqliteStoreOptions options;
    options.wal_bytes = 0;
    auto store = SqliteStore::Open(path_, clock_, options);
    ASSERT_OK(store);
    store_ = *std::move(store);
  }

  // `moves`: state, ready, epoch, session, not_before.
  static void AddJob(Database& db, int id, std::string const& moves) {
    ASSERT_OK(db.RunScript(absl::StrCat(
        "INSERT INTO jobs(id, driver_version, arch, target, kernel_release, kernel_version, kind, "
        "file_name, fingerprint, needs_arch, memory_bytes, lane, run_limit, worker, run_deadline, "
        "attempts, free_requeues, lost_workers, reason_code, reason_text, created_at, updated_at, "
        "state, ready, epoch, session, not_before) VALUES (",
        id, ", '8.0.0+driver', 'x86_64', 'debian', '6.1.", id,
        "', '1', 'kmod', 'f', 'inputs', 'x86_64', 1, 1, 60000000, 'w', ",
        absl::ToUnixMicros(kBackoffEnds), ", 2, 0, '', 'why', '', 7, 7, ", moves,
        "); INSERT INTO job_specs(job, spec) VALUES (", id, ", 'spec ", id, "')")));
    if (GetParam() < 4) return;
    ASSERT_OK(db.RunScript(absl::StrCat(
        "UPDATE jobs SET revision = 10 + id, unfinished = CASE WHEN state IN ('queued', 'leased') "
        "THEN 1 END WHERE id = ",
        id)));
  }

  absl::StatusOr<std::vector<GrantedLease>> Acquire(std::string const& request) {
    return Await<std::vector<GrantedLease>>([&](auto done) {
      store_->Acquire({"s", request, 10}, std::move(done));
    });
  }
  NewJob JobFor(int number) const {
    NewJob job;
    job.probe = {"8.0.0+driver", Arch::kX86_64, "debian", absl::StrCat("6.1.", number), "1",
                 Kind::kKmod};
    job.file_name = "f";
    job.spec = "{}";
    return job;
  }
  std::vector<absl::StatusOr<EnqueuedJob>> Enqueue(NewJob const& job) {
    auto answers = Await<std::vector<absl::StatusOr<EnqueuedJob>>>([&](auto done) {
      store_->Enqueue({{job}, "", {}}, std::move(done));
    });
    EXPECT_OK(answers);
    return answers.ok() ? *std::move(answers) : std::vector<absl::StatusOr<EnqueuedJob>>();
  }

  inline static absl::Time const kBackoffEnds = absl::FromUnixSeconds(1'900'000'000);
  FakeClock clock_;
  TemporaryFolder folder_;
  std::string const path_ = folder_ / "store.db";
  std::unique_ptr<SqliteStore> store_;
};

TEST_P(EarlierFile, KeepsWhoIsReadyAndWhoWaits) {
  auto const leases = Acquire("first");
  ASSERT_OK(leases);
  ASSERT_THAT(*leases, SizeIs(1));
  EXPECT_EQ(leases->front().job.id, 1);
  EXPECT_EQ(leases->front().spec, "spec 1");
  clock_.Advance(kBackoffEnds - clock_.Now());
  auto const later = Acquire("second");
  ASSERT_OK(later);
  ASSERT_THAT(*later, SizeIs(1));
  EXPECT_EQ(later->front().job.id, 2);
}

TEST_P(EarlierFile, KeepsLeases) {
  auto const answer = Await<HeartbeatAnswer>([&](auto done) {
    store_->Heartbeat({"s", {{3, 1}}, 2, false}, std::move(done));
  });
  ASSERT_OK(answer);
  ASSERT_THAT(answer->verdicts, SizeIs(1));
  EXPECT_EQ(answer->verdicts.front(), LeaseVerdict::kContinue);
}

TEST_P(EarlierFile, KeepsFailuresAndCounts) {
  auto const known = Await<std::vector<ProbeKnowledge>>(
      [&](auto done) { store_->FindProbes({JobFor(4).probe}, std::move(done)); });
  ASSERT_OK(known);
  EXPECT_THAT(known->front().failed,
              ElementsAre(FailedBuild{"inputs", "why", 1, absl::Minutes(1)}));
  auto const counts = Await<JobCounts>([&](auto done) { store_->CountJobs({}, std::move(done)); });
  ASSERT_OK(counts);
  EXPECT_THAT(*counts, ElementsAre(Pair(JobState::kQueued, 2), Pair(JobState::kLeased, 1),
                                   Pair(JobState::kFailed, 1)));
}

TEST_P(EarlierFile, JoinsWhatIsUnfinishedAndGivesNoIdTwice) {
  auto const joined = Enqueue(JobFor(2));
  ASSERT_THAT(joined, SizeIs(1));
  ASSERT_OK(joined.front());
  EXPECT_EQ(joined.front()->id, 2);
  auto const fresh = Enqueue(JobFor(5));
  ASSERT_THAT(fresh, SizeIs(1));
  ASSERT_OK(fresh.front());
  EXPECT_EQ(fresh.front()->id, 6) << "job 5 was forgotten, its id was not";
}

// The last one that had a job in one row.
// Of the version before what an index said was kept.
TEST(MigrationsTest, AssetsOfEarlierFilesHaveNoIndexEntry) {
  FakeClock clock;
  TemporaryFolder const folder;
  std::string const path = folder / "store.db";
  {
    ASSERT_OK_AND_ASSIGN(auto db, Database::Open(path, Database::Mode::kReadWrite));
    ASSERT_OK(MigrateSchema(*db, 7));
    ASSERT_OK(db->RunScript(
        "INSERT INTO assets VALUES (1, '8.0.0+driver', 'x86_64', 'debian', '6.1', '1', 'bpf', 'f', "
        "'o/r', 't', 'n', 'u', 'aa', 7, 5, 1, 'w', 0, 0, 1)"));
  }
  ASSERT_OK_AND_ASSIGN(auto store, SqliteStore::Open(path, clock, {}));
  ASSERT_OK_AND_ASSIGN(PublishedAsset const asset, Await<PublishedAsset>([&](auto done) {
                         store->FindAsset("t", "n", std::move(done));
                       }));
  EXPECT_EQ(asset.index_entry, "");
  EXPECT_EQ(asset.sha256, "aa");
  EXPECT_FALSE(asset.adopted());
}

INSTANTIATE_TEST_SUITE_P(Versions, EarlierFile, testing::Range<int64_t>(1, 6));

}  // namespace
}  // namespace probefarm
