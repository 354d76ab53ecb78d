#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/records.h"

namespace probefarm {

// What an append does to a log. A sender that goes on from `acknowledged` loses nothing and never
// meets a gap.
struct LogAppend {
  std::string bytes;         // to be added at the log's end; may be empty
  int64_t acknowledged = 0;  // the answer: everything the sender has up to here is dealt with
};

// `bytes` at `offset` on a log of `length` bytes that may hold `max_bytes`. What it has already is
// skipped. Bytes beyond `max_bytes` are dropped, but acknowledged, and a notice takes their place;
// a log longer than `max_bytes` therefore ends with the notice, and takes nothing more.
// OUT_OF_RANGE for a gap, with the length (see LogLengthOf). INVALID_ARGUMENT for a negative
// offset. Pure.
absl::StatusOr<LogAppend> PlanLogAppend(int64_t length, int64_t offset, absl::string_view bytes,
                                        int64_t max_bytes);

// INVALID_ARGUMENT for a negative offset or a limit that is not positive.
absl::Status CheckLogRequest(LogRequest const& request);

// Whether the log of `epoch` grows no more: that run, or the job, is over. Pure. An epoch that the
// job has not reached is not over; nor is epoch 0 of a job that waits for its first run.
bool RunIsOver(Job const& job, int64_t epoch);

// The length that an OUT_OF_RANGE of AppendLog carries; nullopt for any other status. A sender goes
// on from there.
std::optional<int64_t> LogLengthOf(absl::Status const& status);

}  // namespace probefarm
