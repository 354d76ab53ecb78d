#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

struct sqlite3_stmt;

namespace probefarm {

class Database;

// Bytes that are not text.
struct Blob {
  absl::string_view bytes;
};

// A prepared statement of a Database's cache, in use until this is destroyed. An error keeps: later
// calls do nothing, Step() answers false, and status() tells it in the end.
//
//   Statement query = db.Query("SELECT id, worker FROM jobs WHERE epoch = ?", epoch);
//   while (query.Step()) Use(query.Int(0), query.Text(1));
//   RETURN_IF_ERROR(query.status());
//
// Belongs to one thread, its Database's.
class Statement {
 public:
  // A statement must not outlive its Database; a moved-from one may only be destroyed.
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Binds the next parameter, from the left. Times are microseconds since 1970; the infinite ones
  // are the ends of int64. nullopt is NULL.
  template <class T>
  void Bind(T const& value) {
    if constexpr (std::is_same_v<T, absl::Time>) {
      BindInt(TimeToInt(value));
    } else if constexpr (std::is_same_v<T, Blob>) {
      BindBlob(value.bytes);
    } else if constexpr (std::is_integral_v<T>) {
      BindInt(static_cast<int64_t>(value));
    } else {
      BindText(value);
    }
  }
  template <class T>
  void Bind(std::optional<T> const& value) {
    value ? Bind(*value) : BindNull();
  }

  // Whether there is a (next) row. False at the end and after an error, which status() tells apart.
  bool Step();
  // Runs a statement without rows, or to its end.
  absl::Status Run();
  absl::Status const& status() const { return status_; }

  // Columns of the present row, from 0. SQLite converts what has another type: NULL is 0.
  int64_t Int(int column) const;
  absl::Time Time(int column) const;
  std::string Text(int column) const;  // of a blob too; empty for NULL
  bool IsNull(int column) const;

  static int64_t TimeToInt(absl::Time time);
  static absl::Time TimeFromInt(int64_t micros);

 private:
  friend class Database;
  // A text and its statements that nobody uses: an entry of the database's cache.
  using Prepared = std::pair<std::string const, std::vector<sqlite3_stmt*>>;

  Statement(Database* db, Prepared* prepared, sqlite3_stmt* stmt, absl::Status status);

  void BindInt(int64_t value);
  void BindText(absl::string_view text);
  void BindBlob(absl::string_view bytes);
  void BindNull();
  // Keeps the first error.
  void Check(int code);

  Database* db_;
  Prepared* prepared_;
  sqlite3_stmt* stmt_;  // null after a failed preparation
  int bound_ = 0;
  absl::Status status_;
};

}  // namespace probefarm
