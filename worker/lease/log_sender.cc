#include "worker/lease/log_sender.h"

#include <algorithm>
#include <utility>

namespace probefarm {
namespace {

constexpr size_t kPiece = 256 << 10;

}  // namespace

LogSender::LogSender(Send send, absl::Duration interval) : send_(std::move(send)) {
  if (interval == absl::InfiniteDuration()) return;
  // A failed sending is repeated at the next interval, and Flush() tells about the last one.
  task_ = std::make_unique<PeriodicTask>(interval, [this] { Flush().IgnoreError(); });
}

void LogSender::Append(absl::string_view bytes) {
  MutexLock lock(mu_);
  if (!over_) unacknowledged_.append(bytes.data(), bytes.size());
}

absl::Status LogSender::Flush() {
  {
    MutexLock lock(mu_);
    while (sending_) idle_.Wait(mu_);
    sending_ = true;
  }
  bool done = false;
  absl::Status sent;
  while (!done && sent.ok()) sent = SendOnce(&done);
  {
    MutexLock lock(mu_);
    sending_ = false;
  }
  idle_.NotifyAll();
  return sent;
}

absl::Status LogSender::SendOnce(bool* done) {
  std::string piece;
  int64_t offset = 0;
  {
    MutexLock lock(mu_);
    *done = unacknowledged_.empty() || over_;
    if (*done) return absl::OkStatus();
    piece = unacknowledged_.substr(0, kPiece);
    offset = acknowledged_;
  }
  absl::StatusOr<int64_t> const length = send_(offset, piece);
  MutexLock lock(mu_);
  // A copy that ends before what it had acknowledged cannot be completed any more.
  if (absl::IsAborted(length.status()) || absl::IsOutOfRange(length.status())) {
    over_ = true;
    unacknowledged_.clear();
  }
  if (!length.ok()) return length.status();
  int64_t const gained = *length - acknowledged_;
  if (gained <= 0) return absl::DataLossError("the coordinator's copy of the log did not grow");
  size_t const taken = std::min(static_cast<size_t>(gained), unacknowledged_.size());
  unacknowledged_.erase(0, taken);
  acknowledged_ += static_cast<int64_t>(taken);
  return absl::OkStatus();
}

}  // namespace probefarm
