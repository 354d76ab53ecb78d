#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// What Enqueue() answered to each idempotency key. Used inside a transaction.

// An answer for each entry of the batch, in its order, refusals with code and text.
using EnqueueAnswers = std::vector<absl::StatusOr<EnqueuedJob>>;

// A client that repeats a call does so within minutes.
inline constexpr absl::Duration kKeepAnswers = absl::Hours(24 * 7);

// Nothing when the key was never used, or long ago.
absl::StatusOr<std::optional<EnqueueAnswers>> FindAnswers(Database& db, std::string const& key);
// ALREADY_EXISTS when the key has answers.
absl::Status KeepAnswers(Database& db, std::string const& key, EnqueueAnswers const& answers,
                         absl::Time now);
// With their keys, which are free again.
absl::Status ForgetAnswersBefore(Database& db, absl::Time time);

}  // namespace probefarm
