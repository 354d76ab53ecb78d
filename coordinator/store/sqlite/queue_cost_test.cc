#include <gtest/gtest.h>
#include <sqlite3.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "coordinator/store/sqlite/database.h"
#include "coordinator/store/sqlite/enqueue_operations.h"
#include "coordinator/store/sqlite/expiry_operations.h"
#include "coordinator/store/sqlite/lease_operations.h"
#include "coordinator/store/sqlite/schema.h"
#include "coordinator/store/sqlite/write_context.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

constexpr int kQueued = 3000;
// Far below one step for each job that is queued, far above what the index needs.
constexpr int kCheap = 1500;

int CountSteps(unsigned /*event*/, void* steps, void* statement, void* /*nanoseconds*/) {
  *static_cast<int*>(steps) +=
      sqlite3_stmt_status(static_cast<sqlite3_stmt*>(statement), SQLITE_STMTSTATUS_VM_STEP, 1);
  return 0;
}

// What is done all the time must cost the same however long the queue is. Counted in instructions
// of SQLite's machine, which do not depend on this one.
class QueueCost : public testing::Test {
 protected:
  void SetUp() override {
    auto db = Database::Open(folder_ / "store.db", Database::Mode::kReadWrite);
    ASSERT_OK(db);
    db_ = *std::move(db);
    ASSERT_OK(MigrateSchema(*db_));
    sqlite3_trace_v2(db_->handle(), SQLITE_TRACE_PROFILE, &CountSteps, &steps_);
    ASSERT_OK(db_->RunScript("BEGIN"));
    WriteContext context = Context();
    ASSERT_OK(OpenSession(context, {"s", "w", {Arch::kX86_64, 0, ""}, 4, {}}));
    EnqueueBatch batch;
    for (int i = 0; i < kQueued; ++i) batch.jobs.push_back(JobFor(i));
    ASSERT_OK(EnqueueJobs(context, batch));
    steps_ = 0;
  }
  void TearDown() override { EXPECT_OK(db_->RunScript("COMMIT")); }

  static NewJob JobFor(int number) {
    NewJob job;
    job.probe = {"8.0.0+driver", Arch::kX86_64, "debian", absl::StrCat("6.1.", number), "1",
                 Kind::kKmod};
    job.file_name = absl::StrCat("falco_debian_6.1.", number, "_1.ko");
    job.spec = "{}";
    return job;
  }
  WriteContext Context() { return {*db_, policy_, now_, random_, queues_, sessions_}; }

  TemporaryFolder folder_;
  std::unique_ptr<Database> db_;
  StorePolicy policy_;
  absl::Time const now_ = absl::FromUnixSeconds(1'800'000'000);
  std::mt19937_64 random_{1};
  ReadyQueues queues_{policy_.backfill_patience};
  SessionClock sessions_;
  int steps_ = 0;
};

TEST_F(QueueCost, AnEnqueueDoesNotLookThroughIt) {
  WriteContext context = Context();
  ASSERT_OK(EnqueueJobs(context, {{JobFor(kQueued)}, "", {}}));
  EXPECT_LT(steps_, kCheap);
}

TEST_F(QueueCost, AGrantDoesNotLookThroughIt) {
  queues_.Distrust();
  WriteContext context = Context();
  auto const leases = AcquireLeases(context, {"s", "r", 1});
  ASSERT_OK(leases);
  ASSERT_EQ(leases->size(), 1U);
  EXPECT_GT(steps_, 0);
  EXPECT_LT(steps_, kCheap);
}

TEST_F(QueueCost, AHeartbeatDoesNotLookThroughIt) {
  WriteContext context = Context();
  ASSERT_OK(Heartbeat(context, {"s", {{1, 1}}, 1}));
  EXPECT_LT(steps_, kCheap);
}

TEST_F(QueueCost, MoreDiskDoesNotLookThroughIt) {
  queues_.Distrust();
  WriteContext context = Context();
  ASSERT_OK(Heartbeat(context, {"s", {{1, 1}}, 1, false, int64_t{1} << 30}));
  ASSERT_OK(Heartbeat(context, {"s", {{1, 1}}, 1, false, int64_t{9} << 30}));
  EXPECT_EQ(context.eligible, 0) << "what waits needs no disk";
  EXPECT_LT(steps_, kCheap);
}

TEST_F(QueueCost, ASweepDoesNotLookThroughIt) {
  WriteContext context = Context();
  ASSERT_OK(ExpireSessions(context, absl::Seconds(30)));
  EXPECT_LT(steps_, kCheap);
}

}  // namespace
}  // namespace probefarm
