#include "coordinator/store/log_rules.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr char kLengthPayload[] = "probefarm/log-length";

absl::Status Gap(int64_t length, int64_t offset) {
  absl::Status status = absl::OutOfRangeError(absl::StrCat(
      "append at ", offset, " leaves a gap: the log has ", length, " bytes, go on from there"));
  status.SetPayload(kLengthPayload, absl::Cord(absl::StrCat(length)));
  return status;
}

std::string Notice(int64_t max_bytes) {
  return absl::StrCat("\n[the log ends here: it has reached its limit of ", max_bytes, " bytes]\n");
}

}  // namespace

absl::StatusOr<LogAppend> PlanLogAppend(int64_t length, int64_t offset, absl::string_view bytes,
                                        int64_t max_bytes) {
  if (offset < 0) return absl::InvalidArgumentError("a log's offset must not be negative");
  int64_t const end = offset + static_cast<int64_t>(bytes.size());
  if (length > max_bytes) return LogAppend{"", std::max(end, length)};
  if (offset > length) return Gap(length, offset);
  if (end <= length) return LogAppend{"", length};
  bytes.remove_prefix(static_cast<size_t>(length - offset));
  int64_t const room = max_bytes - length;
  if (static_cast<int64_t>(bytes.size()) <= room) return LogAppend{std::string(bytes), end};
  return LogAppend{absl::StrCat(bytes.substr(0, static_cast<size_t>(room)), Notice(max_bytes)),
                   end};
}

absl::Status CheckLogRequest(LogRequest const& request) {
  if (request.offset >= 0 && request.limit > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "a log is read from an offset that is not negative, with a limit that is positive");
}

bool RunIsOver(Job const& job, int64_t epoch) {
  if (epoch != job.epoch) return epoch < job.epoch;
  bool const never_ran = epoch == 0 && !IsFinal(job.state);
  return !IsHeld(job.state) && !never_ran;
}

std::optional<int64_t> LogLengthOf(absl::Status const& status) {
  std::optional<int64_t> length;
  if (auto const payload = status.GetPayload(kLengthPayload)) {
    int64_t value = 0;
    if (absl::SimpleAtoi(std::string(*payload), &value)) length = value;
  }
  return length;
}

}  // namespace probefarm
