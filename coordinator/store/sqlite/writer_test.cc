#include "coordinator/store/sqlite/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Work = std::function<absl::Status(Database&)>;

class FunctionTask final : public WriteTask {
 public:
  FunctionTask(Work work, std::vector<std::string>& finished, std::string name)
      : work_(std::move(work)), finished_(finished), name_(std::move(name)) {}

  absl::Status Run(Database& db) override {
    ran_ = work_(db);
    return ran_;
  }
  void Finish(absl::Status committed) override {
    absl::Status const outcome = committed.ok() ? ran_ : committed;
    finished_.push_back(name_ + " " + absl::StatusCodeToString(outcome.code()));
  }

 private:
  Work work_;
  absl::Status ran_;
  std::vector<std::string>& finished_;
  std::string name_;
};

class WriterTest : public testing::Test {
 protected:
  WriterTest() {
    auto db = Database::Open(path_, Database::Mode::kReadWrite);
    EXPECT_OK(db);
    EXPECT_OK((*db)->RunScript("CREATE TABLE t(x UNIQUE)"));
    writer_ = std::make_unique<Writer>(
        *std::move(db), Writer::Hooks{[this] { ++commits_; }, [this] { ++rollbacks_; }},
        Writer::Options{});
  }

  // Holds the writer until Go(), so that what is submitted meanwhile shares one transaction.
  void Hold() {
    Submit("hold", [this](Database&) {
      held_.set_value();
      go_.get_future().wait();
      return absl::OkStatus();
    });
    held_.get_future().wait();
  }
  void Go() {
    go_.set_value();
    writer_->Shutdown();
  }
  void Submit(std::string name, Work work) {
    writer_->Submit(std::make_unique<FunctionTask>(std::move(work), finished_, std::move(name)));
  }
  static Work Insert(int x) {
    return [x](Database& db) { return db.Run("INSERT INTO t VALUES (?)", x); };
  }
  std::vector<int64_t> Rows() {
    auto db = Database::Open(path_, Database::Mode::kReadOnly);
    EXPECT_OK(db);
    Statement query = (*db)->Query("SELECT x FROM t ORDER BY x");
    std::vector<int64_t> rows;
    while (query.Step()) rows.push_back(query.Int(0));
    EXPECT_OK(query.status());
    return rows;
  }

  TemporaryFolder folder_;
  std::string const path_ = folder_ / "t.db";
  std::promise<void> held_;
  std::promise<void> go_;
  std::vector<std::string> finished_;
  int commits_ = 0;
  int rollbacks_ = 0;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, WhatArrivesDuringACommitSharesTheNextOne) {
  Hold();
  for (int i = 0; i < 50; ++i) Submit("insert", Insert(i));
  Go();
  EXPECT_EQ(commits_, 2);
  EXPECT_EQ(Rows().size(), 50U);
}

TEST_F(WriterTest, AnErrorUndoesItsOwnTaskOnly) {
  Hold();
  Submit("a", Insert(1));
  Submit("b", [](Database& db) {
    RETURN_IF_ERROR(db.Run("INSERT INTO t VALUES (2)"));
    return absl::AbortedError("no");
  });
  Submit("c", Insert(1));
  Submit("d", Insert(3));
  Go();
  EXPECT_THAT(finished_, ElementsAre("hold OK", "a OK", "b ABORTED", "c ALREADY_EXISTS", "d OK"));
  EXPECT_THAT(Rows(), ElementsAre(1, 3));
  EXPECT_EQ(rollbacks_, 1) << "the batch was run again, each task by itself";
}

TEST_F(WriterTest, AnErrorBeforeAnyChangeUndoesNothing) {
  Hold();
  Submit("a", Insert(1));
  Submit("b", [](Database&) { return absl::AbortedError("no"); });
  Submit("c", Insert(1));
  Submit("d", Insert(3));
  Go();
  EXPECT_THAT(finished_, ElementsAre("hold OK", "a OK", "b ABORTED", "c ALREADY_EXISTS", "d OK"));
  EXPECT_THAT(Rows(), ElementsAre(1, 3));
  EXPECT_EQ(rollbacks_, 0);
}

TEST_F(WriterTest, ATransactionThatSqliteEndedFailsAllItsTasksAndNoLaterOne) {
  Hold();
  Submit("a", Insert(1));
  Submit("b", [](Database& db) {
    RETURN_IF_ERROR(db.Run("ROLLBACK"));
    return absl::ResourceExhaustedError("disk full");
  });
  Submit("c", Insert(2));
  Go();
  EXPECT_THAT(finished_, ElementsAre("hold OK", "a RESOURCE_EXHAUSTED", "b RESOURCE_EXHAUSTED",
                                     "c RESOURCE_EXHAUSTED"));
  EXPECT_THAT(Rows(), IsEmpty());
  EXPECT_EQ(rollbacks_, 1);
}

TEST_F(WriterTest, AfterDataLossEveryWriteIsRefused) {
  Hold();
  Submit("a", Insert(1));
  Submit("b", [](Database&) { return absl::DataLossError("fsync failed"); });
  std::promise<void> done;
  go_.set_value();
  Submit("c", [](Database&) { return absl::OkStatus(); });
  writer_->Shutdown();
  EXPECT_THAT(finished_, ElementsAre("hold OK", "a DATA_LOSS", "b DATA_LOSS", "c DATA_LOSS"));
  EXPECT_THAT(Rows(), IsEmpty());
}

TEST_F(WriterTest, ACheckpointThatIsDueEmptiesTheLogIntoTheFile) {
  auto db = Database::Open(folder_ / "u.db", Database::Mode::kReadWrite);
  ASSERT_OK(db);
  ASSERT_OK((*db)->RunScript("CREATE TABLE t(x UNIQUE)"));
  Writer writer(*std::move(db), {[] {}, [] {}}, {.max_batch = 1, .checkpoint_frames = 10});
  int longest = 0;
  for (int i = 0; i < 100; ++i) {
    writer.Submit(std::make_unique<FunctionTask>(
        [&longest, i](Database& db) {
          longest = std::max(longest, db.wal_frames());
          return db.Run("INSERT INTO t VALUES (?)", i);
        },
        finished_, "insert"));
  }
  writer.Shutdown();
  EXPECT_GE(longest, 1);
  EXPECT_LT(longest, 20) << "the log is written over from its beginning";
}

TEST_F(WriterTest, AfterShutdownATaskIsUnavailable) {
  writer_->Shutdown();
  Submit("late", Insert(1));
  EXPECT_THAT(finished_, ElementsAre("late UNAVAILABLE"));
}

}  // namespace
}  // namespace probefarm
