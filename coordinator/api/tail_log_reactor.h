#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <optional>

#include "coordinator/store/store.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

// Streams a log piece by piece: reads the store, writes, reads on; with `follow` it looks again,
// half a second after it saw the end, until the run is over. One thing is under way at a time, so
// it needs no lock. Deletes itself. Once bytes of one epoch were sent it stays with that epoch: a
// run that begins meanwhile does not cut into the stream. Pieces have at most 256 KiB.
class TailLogReactor final : public grpc::ServerWriteReactor<v1::TailLogResponse> {
 public:
  // Copies what it needs of `request`. The store must outlive the call; it answers UNAVAILABLE
  // after its Shutdown(), which ends the call.
  TailLogReactor(Store& store, v1::TailLogRequest const& request);

  void Start() { ReadMore(); }

  // Not `ok`: the client has gone.
  void OnWriteDone(bool ok) override;
  // Only takes note: the next answer of the store finishes the call.
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  void ReadMore();
  // On a thread of the store: writes, waits, or finishes. NOT_FOUND for an unknown job,
  // INVALID_ARGUMENT for a negative offset.
  void GotChunk(absl::StatusOr<LogChunk> chunk);
  void LookAgainLater();

  Store& store_;
  bool const follow_;
  LogRequest request_;
  v1::TailLogResponse response_;
  std::optional<grpc::Alarm> alarm_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace probefarm
