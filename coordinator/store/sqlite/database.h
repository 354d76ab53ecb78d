#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/store/sqlite/statement.h"

struct sqlite3;

namespace probefarm {

// One connection to an SQLite file. Prepared statements are kept and used again. Belongs to one
// thread at a time.
//
// A read-write connection runs with journal_mode WAL, synchronous FULL and foreign keys, so that a
// COMMIT that answers OK is on disk (I1), and does not checkpoint by itself. Both kinds know the
// function probefarm_matches(). Errors are SqliteStatus()'s.
class Database {
 public:
  enum class Mode {
    kReadWrite,  // made when it is not there; write-ahead log, every commit reaches the disk
    kReadOnly,
  };

  // Waits a few seconds for a lock that another process holds, then UNAVAILABLE. The same holds for
  // every statement that meets such a lock.
  static absl::StatusOr<std::unique_ptr<Database>> Open(std::string const& path, Mode mode);
  ~Database();

  Database(Database const&) = delete;
  Database& operator=(Database const&) = delete;

  // `sql` with `args` bound to its parameters, not yet run.
  template <class... Args>
  // An SQL text that cannot be prepared is an error of the statement, told by its status().
  Statement Query(std::string const& sql, Args const&... args) {
    Statement statement = Prepare(sql);
    (statement.Bind(args), ...);
    return statement;
  }
  // The same, run to its end.
  template <class... Args>
  absl::Status Run(std::string const& sql, Args const&... args) {
    return Query(sql, args...).Run();
  }
  // Several statements without parameters, separated by `;`. Not kept.
  absl::Status RunScript(std::string const& sql);

  // Of the last INSERT, UPDATE or DELETE.
  int64_t Changes() const;
  // Rows inserted, updated or deleted since the connection was opened.
  int64_t TotalChanges() const;
  // Of the last INSERT.
  int64_t LastRowId() const;
  // False when SQLite has rolled the transaction back by itself, as it may on a full disk.
  bool InTransaction() const;

  // Writes that would make the file greater are RESOURCE_EXHAUSTED. In whole pages, for as long as
  // this connection lives. A file that is larger already is not made smaller.
  absl::Status LimitSize(int64_t bytes);
  // Copies the write-ahead log into the file as far as no reader prevents it. Does not wait. What a
  // reader holds back is left for the next one; that is no error.
  absl::Status Checkpoint();
  // Frames in the write-ahead log as of the last commit of this connection.
  int wal_frames() const { return wal_frames_; }

  // As it was opened.
  std::string const& path() const { return path_; }
  // Stays the database's.
  sqlite3* handle() { return db_; }

 private:
  friend class Statement;
  Database(std::string path, sqlite3* db) : path_(std::move(path)), db_(db) {}

  absl::Status Configure(Mode mode);
  // Takes an idle statement of this text, or prepares one.
  Statement Prepare(std::string const& sql);
  // Reset and with no bindings.
  void GiveBack(Statement::Prepared& prepared, sqlite3_stmt* stmt);

  std::string path_;
  sqlite3* db_;
  int wal_frames_ = 0;
  // Statements that nobody uses, by their text. A nested use of the same text prepares a second
  // one. Entries stay where they are: statements in use point to theirs.
  absl::node_hash_map<std::string, std::vector<sqlite3_stmt*>> prepared_;
};

}  // namespace probefarm
