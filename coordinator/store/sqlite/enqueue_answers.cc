#include "coordinator/store/sqlite/enqueue_answers.h"

#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<EnqueuedJob> ReadAnswer(Statement const& row) {
  auto const code = static_cast<absl::StatusCode>(row.Int(2));
  if (code != absl::StatusCode::kOk) return absl::Status(code, row.Text(3));
  return EnqueuedJob{row.Int(0), row.Int(1) != 0};
}

}  // namespace

absl::StatusOr<std::optional<EnqueueAnswers>> FindAnswers(Database& db, std::string const& key) {
  Statement known = db.Query("SELECT 1 FROM enqueue_keys WHERE key = ?", key);
  if (!known.Step()) {
    RETURN_IF_ERROR(known.status());
    return std::nullopt;
  }
  EnqueueAnswers answers;
  Statement query = db.Query(
      "SELECT job, joined, error_code, error_text FROM enqueue_answers WHERE key = ? "
      "ORDER BY position",
      key);
  while (query.Step()) answers.push_back(ReadAnswer(query));
  RETURN_IF_ERROR(query.status());
  return answers;
}

absl::Status KeepAnswers(Database& db, std::string const& key, EnqueueAnswers const& answers,
                         absl::Time now) {
  RETURN_IF_ERROR(db.Run("INSERT INTO enqueue_keys(key, created_at) VALUES (?, ?)", key, now));
  int64_t position = 0;
  for (absl::StatusOr<EnqueuedJob> const& answer : answers) {
    EnqueuedJob const job = answer.value_or(EnqueuedJob{});
    RETURN_IF_ERROR(
        db.Run("INSERT INTO enqueue_answers(key, position, job, joined, error_code, error_text) "
               "VALUES (?, ?, ?, ?, ?, ?)",
               key, position++, job.id, job.joined, static_cast<int>(answer.status().code()),
               answer.status().message()));
  }
  return absl::OkStatus();
}

absl::Status ForgetAnswersBefore(Database& db, absl::Time time) {
  return db.Run("DELETE FROM enqueue_keys WHERE created_at < ?", time);
}

}  // namespace probefarm
