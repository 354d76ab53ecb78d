#include "coordinator/store/sqlite/log_rows.h"

#include <algorithm>
#include <optional>

#include "coordinator/store/lease_rules.h"
#include "coordinator/store/log_rules.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "coordinator/store/sqlite/log_bundle_rows.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<int64_t> LogLength(Database& db, JobId job, int64_t epoch) {
  Statement query = db.Query(
      "SELECT start + COALESCE(size, LENGTH(bytes)) FROM logs WHERE job = ? AND epoch = ? "
      "ORDER BY start DESC LIMIT 1",
      job, epoch);
  int64_t const length = query.Step() ? query.Int(0) : 0;
  RETURN_IF_ERROR(query.status());
  return length;
}

// From the chunk that holds `offset` on.
absl::StatusOr<std::string> ReadBytes(Database& db, JobId job, int64_t epoch, int64_t offset,
                                      int64_t limit) {
  Statement query = db.Query(
      "SELECT start, bytes, size FROM logs WHERE job = ?1 AND epoch = ?2 AND start >= "
      "COALESCE((SELECT "
      "MAX(start) FROM logs WHERE job = ?1 AND epoch = ?2 AND start <= ?3), 0) ORDER BY start",
      job, epoch, offset);
  std::string bytes;
  while (static_cast<int64_t>(bytes.size()) < limit && query.Step()) {
    int64_t const skip = std::max<int64_t>(0, offset - query.Int(0));
    ASSIGN_OR_RETURN(std::string const chunk,
                     UnpackLog(query.Text(1),
                               query.IsNull(2) ? std::nullopt : std::make_optional(query.Int(2))));
    if (skip < static_cast<int64_t>(chunk.size())) bytes += chunk.substr(static_cast<size_t>(skip));
  }
  RETURN_IF_ERROR(query.status());
  if (static_cast<int64_t>(bytes.size()) > limit) bytes.resize(static_cast<size_t>(limit));
  return bytes;
}

}  // namespace

absl::StatusOr<int64_t> AppendLog(Database& db, LeaseRef const& lease, int64_t offset,
                                  std::string const& bytes, LogPiece const& packed,
                                  int64_t max_log_bytes) {
  absl::StatusOr<Job> const job = FindJob(db, lease.key.job);
  if (absl::IsNotFound(job.status())) return NoSuchLease(lease.key);
  RETURN_IF_ERROR(job.status());
  RETURN_IF_ERROR(CheckLease(*job, lease));
  ASSIGN_OR_RETURN(int64_t const length, LogLength(db, lease.key.job, lease.key.epoch));
  ASSIGN_OR_RETURN(LogAppend const append, PlanLogAppend(length, offset, bytes, max_log_bytes));
  if (!append.bytes.empty()) {
    // Most often all of it is new.
    LogPiece const& piece = append.bytes == bytes ? packed : PackLog(append.bytes);
    RETURN_IF_ERROR(db.Run("INSERT INTO logs(job, epoch, start, bytes, size) VALUES (?,?,?,?,?)",
                           lease.key.job, lease.key.epoch, length, Blob{piece.bytes}, piece.size));
  }
  return append.acknowledged;
}

absl::StatusOr<LogChunk> ReadLog(Database& db, LogRequest const& request) {
  RETURN_IF_ERROR(CheckLogRequest(request));
  ASSIGN_OR_RETURN(Job const job, FindJob(db, request.job));
  LogChunk chunk;
  chunk.epoch = request.epoch.value_or(job.epoch);
  ASSIGN_OR_RETURN(chunk.bytes, ReadBytes(db, job.id, chunk.epoch, request.offset, request.limit));
  ASSIGN_OR_RETURN(int64_t const length, LogLength(db, job.id, chunk.epoch));
  if (length == 0) RETURN_IF_ERROR(CheckLogIsHere(db, job, chunk.epoch));
  bool const at_end = request.offset + static_cast<int64_t>(chunk.bytes.size()) >= length;
  chunk.complete = at_end && RunIsOver(job, chunk.epoch);
  return chunk;
}

}  // namespace probefarm
