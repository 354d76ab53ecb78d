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
// it needs no lock. Deletes itself.
class TailLogReactor final : public grpc::ServerWriteReactor<v1::TailLogResponse> {
 public:
  TailLogReactor(Store& store, v1::TailLogRequest const& request);

  void Start() { ReadMore(); }

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  void ReadMore();
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
