#include "coordinator/store/sqlite/statement.h"

#include <sqlite3.h>

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/sqlite/database.h"
#include "coordinator/store/sqlite/sqlite_status.h"

namespace probefarm {
namespace {

constexpr int64_t kPast = std::numeric_limits<int64_t>::min();
constexpr int64_t kFuture = std::numeric_limits<int64_t>::max();

// SQLite takes a null pointer for NULL, even with length 0.
char const* DataOf(absl::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); }

}  // namespace

Statement::Statement(Database* db, Prepared* prepared, sqlite3_stmt* stmt, absl::Status status)
    : db_(db), prepared_(prepared), stmt_(stmt), status_(std::move(status)) {}

Statement::Statement(Statement&& other) noexcept
    : db_(other.db_),
      prepared_(other.prepared_),
      stmt_(std::exchange(other.stmt_, nullptr)),
      bound_(other.bound_),
      status_(std::move(other.status_)) {}

Statement::~Statement() {
  if (stmt_ != nullptr) db_->GiveBack(*prepared_, stmt_);
}

void Statement::Check(int code) {
  // Of each parameter of each statement: the text is made when it is wanted.
  if (IsSqliteError(code) && status_.ok())
    status_ = SqliteStatus(code, db_->handle(), absl::StrCat("run \"", prepared_->first, "\""));
}

void Statement::BindInt(int64_t value) {
  if (status_.ok()) Check(sqlite3_bind_int64(stmt_, ++bound_, value));
}

void Statement::BindText(absl::string_view text) {
  if (!status_.ok()) return;
  Check(sqlite3_bind_text64(stmt_, ++bound_, DataOf(text), text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}

void Statement::BindBlob(absl::string_view bytes) {
  if (!status_.ok()) return;
  Check(sqlite3_bind_blob64(stmt_, ++bound_, DataOf(bytes), bytes.size(), SQLITE_TRANSIENT));
}

void Statement::BindNull() {
  if (status_.ok()) Check(sqlite3_bind_null(stmt_, ++bound_));
}

bool Statement::Step() {
  if (!status_.ok()) return false;
  int const code = sqlite3_step(stmt_);
  if (code == SQLITE_ROW) return true;
  Check(code);
  return false;
}

absl::Status Statement::Run() {
  while (Step()) {
  }
  return status_;
}

int64_t Statement::Int(int column) const { return sqlite3_column_int64(stmt_, column); }

absl::Time Statement::Time(int column) const { return TimeFromInt(Int(column)); }

std::string Statement::Text(int column) const {
  auto const* const bytes = static_cast<char const*>(sqlite3_column_blob(stmt_, column));
  auto const size = static_cast<size_t>(sqlite3_column_bytes(stmt_, column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(stmt_, column) == SQLITE_NULL;
}

int64_t Statement::TimeToInt(absl::Time time) {
  if (time == absl::InfinitePast()) return kPast;
  if (time == absl::InfiniteFuture()) return kFuture;
  return absl::ToUnixMicros(time);
}

absl::Time Statement::TimeFromInt(int64_t micros) {
  if (micros == kPast) return absl::InfinitePast();
  if (micros == kFuture) return absl::InfiniteFuture();
  return absl::FromUnixMicros(micros);
}

}  // namespace probefarm
