#include "coordinator/store/sqlite/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    auto db = Database::Open(folder_ / "t.db", Database::Mode::kReadWrite);
    EXPECT_OK(db);
    db_ = *std::move(db);
    EXPECT_OK(db_->RunScript("CREATE TABLE t(a, b, c, d)"));
  }
  int64_t Pragma(std::string const& name) {
    Statement query = db_->Query("PRAGMA " + name);
    EXPECT_TRUE(query.Step());
    return query.Int(0);
  }
  TemporaryFolder folder_;
  std::unique_ptr<Database> db_;
};

TEST_F(DatabaseTest, EveryCommitReachesTheDisk) {
  EXPECT_EQ(Pragma("synchronous"), 2);
  EXPECT_EQ(Pragma("foreign_keys"), 1);
  EXPECT_EQ(Pragma("wal_autocheckpoint"), 0) << "the writer does that between commits";
  Statement mode = db_->Query("PRAGMA journal_mode");
  ASSERT_TRUE(mode.Step());
  EXPECT_EQ(mode.Text(0), "wal");
}

TEST_F(DatabaseTest, ValuesComeBackAsTheyWere) {
  absl::Time const time = absl::FromUnixMicros(1'800'000'000'123'456);
  std::string const bytes("a\0b", 3);
  ASSERT_OK(db_->Run("INSERT INTO t VALUES (?, ?, ?, ?)", int64_t{-1}, std::string("text"), time,
                     Blob{bytes}));
  ASSERT_OK(db_->Run("INSERT INTO t VALUES (?, ?, ?, ?)", absl::InfinitePast(),
                     absl::InfiniteFuture(), std::optional<std::string>(), absl::string_view()));
  Statement query = db_->Query("SELECT * FROM t");
  ASSERT_TRUE(query.Step());
  EXPECT_EQ(query.Int(0), -1);
  EXPECT_EQ(query.Text(1), "text");
  EXPECT_EQ(query.Time(2), time);
  EXPECT_EQ(query.Text(3), bytes);
  ASSERT_TRUE(query.Step());
  EXPECT_EQ(query.Time(0), absl::InfinitePast());
  EXPECT_EQ(query.Time(1), absl::InfiniteFuture());
  EXPECT_TRUE(query.IsNull(2));
  EXPECT_FALSE(query.IsNull(3)) << "empty text is not NULL";
  EXPECT_FALSE(query.Step());
  EXPECT_OK(query.status());
}

TEST_F(DatabaseTest, AStatementKeepsItsFirstErrorAndNamesItself) {
  Statement bad = db_->Query("SELECT nonsense FROM t", 1);
  EXPECT_FALSE(bad.Step());
  EXPECT_THAT(bad.status(), StatusIs(absl::StatusCode::kInternal, HasSubstr("nonsense")));
  EXPECT_THAT(db_->Run("SELECT 1", 2), StatusIs(absl::StatusCode::kInternal))
      << "a value without a parameter";
}

TEST_F(DatabaseTest, TheSameStatementMayBeUsedWhileItIsInUse) {
  ASSERT_OK(db_->RunScript("INSERT INTO t(a) VALUES (1), (2)"));
  int pairs = 0;
  Statement outer = db_->Query("SELECT a FROM t");
  while (outer.Step()) {
    Statement inner = db_->Query("SELECT a FROM t");
    while (inner.Step()) ++pairs;
  }
  EXPECT_EQ(pairs, 4);
}

TEST_F(DatabaseTest, AReaderCannotWrite) {
  ASSERT_OK_AND_ASSIGN(auto reader, Database::Open(folder_ / "t.db", Database::Mode::kReadOnly));
  EXPECT_THAT(reader->Run("INSERT INTO t(a) VALUES (1)"),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(DatabaseTest, RegularExpressionsMatchInSql) {
  ASSERT_OK(db_->RunScript("INSERT INTO t(a) VALUES ('6.1.0-1'), ('6.1.0-12'), ('5.10')"));
  Statement query =
      db_->Query("SELECT COUNT(*) FROM t WHERE probefarm_matches(?, a)", std::string("^6\\.1.*1"));
  ASSERT_TRUE(query.Step());
  EXPECT_EQ(query.Int(0), 2);
  EXPECT_THAT(db_->Run("SELECT probefarm_matches('(', a) FROM t"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("missing )")));
}

}  // namespace
}  // namespace probefarm
