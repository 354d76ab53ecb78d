#include "coordinator/api/tail_log_reactor.h"

#include <chrono>
#include <utility>

#include "lib/rpc/status.h"

namespace probefarm {
namespace {

constexpr int64_t kPiece = 256 << 10;
constexpr auto kLookEvery = std::chrono::milliseconds(500);

}  // namespace

TailLogReactor::TailLogReactor(Store& store, v1::TailLogRequest const& request)
    : store_(store), follow_(request.follow()) {
  request_.job = request.job();
  if (request.epoch() != 0) request_.epoch = request.epoch();
  request_.offset = request.offset();
  request_.limit = kPiece;
}

void TailLogReactor::ReadMore() {
  store_.ReadLog(request_, [this](absl::StatusOr<LogChunk> chunk) { GotChunk(std::move(chunk)); });
}

void TailLogReactor::GotChunk(absl::StatusOr<LogChunk> chunk) {
  if (!chunk.ok() || cancelled_) {
    Finish(chunk.ok() ? grpc::Status::CANCELLED : ToGrpc(chunk.status()));
    return;
  }
  if (chunk->bytes.empty()) {
    if (chunk->complete || !follow_) {
      Finish(grpc::Status::OK);
    } else {
      LookAgainLater();
    }
    return;
  }
  // A run that begins while its predecessor is followed does not cut into the same stream.
  request_.epoch = chunk->epoch;
  request_.offset += static_cast<int64_t>(chunk->bytes.size());
  response_.set_epoch(chunk->epoch);
  response_.set_data(std::move(chunk->bytes));
  StartWrite(&response_);
}

void TailLogReactor::OnWriteDone(bool ok) {
  if (!ok) {
    Finish(grpc::Status::CANCELLED);
    return;
  }
  ReadMore();
}

// A new alarm each time: the callback of the last one may still be returning.
void TailLogReactor::LookAgainLater() {
  alarm_.emplace();
  alarm_->Set(std::chrono::system_clock::now() + kLookEvery, [this](bool) { ReadMore(); });
}

void TailLogReactor::OnCancel() { cancelled_ = true; }

}  // namespace probefarm
