#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/runtime/mutex.h"
#include "lib/runtime/periodic_task.h"

namespace probefarm {

// Sends the log of one run while it grows, without ever holding up the build: bytes are buffered
// here until the coordinator has acknowledged them, and a failed sending is tried again from where
// the coordinator's copy ends. What is buffered has no bound of its own: the build's log is bounded
// (BuildLimits::log_bytes). Thread-safe.
class LogSender {
 public:
  // Sends bytes at an offset and answers how far the coordinator's copy goes:
  // CoordinatorClient::AppendLog. Beyond its limit the coordinator drops bytes but answers as
  // though it had them.
  //
  // Called on this object's thread and on those of Flush(), never on two at once, with at most 256
  // KB and without a lock held.
  using Send = std::function<absl::StatusOr<int64_t>(int64_t offset, std::string const& bytes)>;

  // `interval` between sendings; infinite: only by Flush(). What `send` refers to outlives this.
  // Destruction waits for a sending under way and drops what is left: Flush() before.
  LogSender(Send send, absl::Duration interval);

  // Buffers and returns at once.
  void Append(absl::string_view bytes) EXCLUDES(mu_);

  // Sends until everything is acknowledged or an error comes, which is returned. After ABORTED (the
  // lease is over) and OUT_OF_RANGE (the copy lost what it had) nothing is sent or kept any more,
  // and later calls are OK. DATA_LOSS when an answer acknowledges nothing new. Blocks.
  absl::Status Flush() EXCLUDES(mu_);

 private:
  // One piece; `done` when nothing is left to send.
  absl::Status SendOnce(bool* done) EXCLUDES(mu_);

  Send const send_;
  Mutex mu_;
  CondVar idle_;
  bool sending_ GUARDED_BY(mu_) = false;  // one sender at a time
  std::string unacknowledged_ GUARDED_BY(mu_);
  int64_t acknowledged_ GUARDED_BY(mu_) = 0;  // the offset of unacknowledged_'s first byte
  bool over_ GUARDED_BY(mu_) = false;         // nothing can be sent any more
  std::unique_ptr<PeriodicTask> task_;
};

}  // namespace probefarm
