#include "coordinator/store/sqlite/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "lib/files/temporary_folder.h"
#include "lib/files/tiny_disk.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SqliteStoreTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<SqliteStore>> Open(SqliteStoreOptions options = {}) {
    options.wal_bytes = 0;
    return SqliteStore::Open(path_, clock_, options);
  }
  // Runs SQL on the file, the way another program would.
  void RunOnFile(std::string const& sql) {
    ASSERT_OK_AND_ASSIGN(auto db, Database::Open(path_, Database::Mode::kReadWrite));
    ASSERT_OK(db->RunScript(sql));
  }
  // Puts garbage where the table's first page is.
  void OverwriteRootOf(std::string const& table) {
    ASSERT_OK_AND_ASSIGN(auto db, Database::Open(path_, Database::Mode::kReadWrite));
    ASSERT_OK(db->RunScript("PRAGMA wal_checkpoint(TRUNCATE)"));
    Statement root = db->Query(
        "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = ?", table);
    ASSERT_TRUE(root.Step());
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((root.Int(0) - 1) * root.Int(1));
    file << std::string(static_cast<size_t>(root.Int(1)), '\xff');
  }
  static NewJob JobFor(int number) {
    NewJob job;
    job.probe = {"8.0.0+driver", Arch::kX86_64, "debian", absl::StrCat("6.1.", number), "1",
                 Kind::kKmod};
    job.file_name = absl::StrCat("falco_debian_6.1.", number, "_1.ko");
    job.spec = std::string(2000, 'x');
    return job;
  }
  static absl::Status Enqueue(Store& store, int number) {
    return Await<std::vector<absl::StatusOr<EnqueuedJob>>>([&](auto done) {
             store.Enqueue({{JobFor(number)}, "", {}}, std::move(done));
           })
        .status();
  }
  static absl::StatusOr<JobCounts> Count(Store& store) {
    return Await<JobCounts>([&](auto done) { store.CountJobs({}, std::move(done)); });
  }

  FakeClock clock_;
  TemporaryFolder folder_;
  std::string const path_ = folder_ / "store.db";
};

TEST_F(SqliteStoreTest, OneCoordinatorAtATime) {
  ASSERT_OK_AND_ASSIGN(auto first, Open());
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               AllOf(HasSubstr("another coordinator uses " + path_),
                                     HasSubstr("stop it"))));
  first.reset();
  EXPECT_OK(Open());
}

TEST_F(SqliteStoreTest, ADirectoryThatIsNotThereIsNamed) {
  EXPECT_THAT(SqliteStore::Open(folder_ / "no/store.db", clock_, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/store.db")));
}

TEST_F(SqliteStoreTest, AFileThatIsNoDatabaseIsRefusedAndKept) {
  std::ofstream(path_) << std::string(5000, 'x');
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path_)));
  EXPECT_EQ(std::filesystem::file_size(path_), 5000);
}

TEST_F(SqliteStoreTest, AnotherProgramsDatabaseIsRefused) {
  RunOnFile("CREATE TABLE photos(id)");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr(path_ + " is not a probefarm database")));
}

TEST_F(SqliteStoreTest, ANewerSchemaIsRefused) {
  ASSERT_OK(Open());
  RunOnFile("PRAGMA user_version = 99");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               AllOf(HasSubstr("schema 99"), HasSubstr("newer coordinator"))));
}

TEST_F(SqliteStoreTest, ATornSchemaIsNotLeftBehind) {
  RunOnFile("PRAGMA application_id = 1885762157; CREATE TABLE pins(x)");
  EXPECT_THAT(Open(), testing::Not(IsOk()));
  ASSERT_OK_AND_ASSIGN(auto db, Database::Open(path_, Database::Mode::kReadWrite));
  Statement tables = db->Query("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'jobs'");
  ASSERT_TRUE(tables.Step());
  EXPECT_EQ(tables.Int(0), 0);
}

TEST_F(SqliteStoreTest, AFullDiskRefusesWritesAndGoesOnReading) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  ASSERT_OK(Enqueue(*store, 0));
  store.reset();
  SqliteStoreOptions options;
  options.max_bytes = 1 << 18;
  ASSERT_OK_AND_ASSIGN(store, Open(options));
  absl::Status status;
  int enqueued = 1;
  while (status.ok()) {
    status = Enqueue(*store, enqueued);
    if (status.ok()) ++enqueued;
    ASSERT_LT(enqueued, 1000);
  }
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  ASSERT_OK_AND_ASSIGN(JobCounts const counts, Count(*store));
  EXPECT_EQ(counts.at(JobState::kQueued), enqueued);
  store.reset();
  ASSERT_OK_AND_ASSIGN(store, Open());
  EXPECT_OK(Enqueue(*store, enqueued)) << "there is room again";
}

TEST_F(SqliteStoreTest, ADamagedFileIsDataLossForEveryLaterWriteAndReadsGoOn) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  ASSERT_OK(Enqueue(*store, 0));
  store.reset();
  OverwriteRootOf("pins");
  ASSERT_OK_AND_ASSIGN(store, Open());
  auto const pinned =
      Await<std::string>([&](auto done) { store->Pin("key", "digest", std::move(done)); });
  EXPECT_THAT(pinned, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Enqueue(*store, 1), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("restart")));
  ASSERT_OK_AND_ASSIGN(JobCounts const counts, Count(*store));
  EXPECT_EQ(counts.at(JobState::kQueued), 1);
}

TEST_F(SqliteStoreTest, GrowsTheWriteAheadLogOnceAndKeepsIt) {
  SqliteStoreOptions options;
  options.wal_bytes = 1 << 20;
  std::string const wal = path_ + "-wal";
  { ASSERT_OK(SqliteStore::Open(path_, clock_, options)); }
  auto const grown = std::filesystem::file_size(wal);
  EXPECT_GE(grown, 1 << 20);
  ASSERT_OK_AND_ASSIGN(auto store, SqliteStore::Open(path_, clock_, options));
  for (int i = 0; i < 20; ++i) ASSERT_OK(Enqueue(*store, i));
  EXPECT_EQ(std::filesystem::file_size(wal), grown);
}

TEST_F(SqliteStoreTest, AReadOnlyDiskIsNamed) {
  TinyDisk const disk(folder_.path(), 8192);
  if (!disk.mounted()) GTEST_SKIP() << "needs root";
  ASSERT_OK(Open());
  disk.MakeReadOnly();
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kPermissionDenied,
                               AllOf(HasSubstr(path_), HasSubstr("Read-only"))));
}

TEST_F(SqliteStoreTest, WhatAKilledGrowingLeftIsRemoved) {
  ASSERT_OK(Open());
  RunOnFile("CREATE TABLE wal_filler(bytes BLOB)");
  ASSERT_OK(Open());
  ASSERT_OK_AND_ASSIGN(auto db, Database::Open(path_, Database::Mode::kReadOnly));
  Statement query = db->Query("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'wal_filler'");
  ASSERT_TRUE(query.Step());
  EXPECT_EQ(query.Int(0), 0);
}

TEST_F(SqliteStoreTest, QueuesAreFoundAgainAfterARestart) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  NewJob big = JobFor(1);
  big.requirements.memory_bytes = 100;
  NewJob fresh = JobFor(2);
  fresh.lane = Lane::kNewKernels;
  ASSERT_OK(Await<std::vector<absl::StatusOr<EnqueuedJob>>>([&](auto done) {
    store->Enqueue({{JobFor(0), big, fresh}, "", {}}, std::move(done));
  }));
  store.reset();
  ASSERT_OK_AND_ASSIGN(store, Open());
  ASSERT_OK(Await<OpenedSession>([&](auto done) {
    store->OpenSession({"s", "w", {Arch::kX86_64, 100, ""}, 4, {}}, std::move(done));
  }));
  auto const leases = Await<std::vector<GrantedLease>>([&](auto done) {
    store->Acquire({"s", "r", 10}, std::move(done));
  });
  ASSERT_OK(leases);
  ASSERT_THAT(*leases, testing::SizeIs(3));
  EXPECT_EQ(leases->at(0).job.id, 3);
  EXPECT_EQ(leases->at(1).job.id, 1);
  EXPECT_EQ(leases->at(2).job.id, 2);
}

}  // namespace
}  // namespace probefarm
