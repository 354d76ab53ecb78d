#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <deque>
#include <functional>
#include <optional>

#include "coordinator/store/store.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

// Streams the changes of jobs: reads the store from the revision it has told last, writes what it
// found one by one, and looks again half a second after it saw the end. The first answer, and one
// after each look that passed over other jobs' changes, has a revision and no job. One thing is
// under way at a time, so it needs no lock. Deletes itself. Ends only when the client goes or the
// store is shut down.
class WatchReactor final : public grpc::ServerWriteReactor<v1::WatchResponse> {
 public:
  // `wire` makes the message of a job. What is given outlives the call; the store answers
  // UNAVAILABLE after its Shutdown(), which ends the call.
  WatchReactor(Store& store, JobFilter filter, std::optional<int64_t> after,
               std::function<v1::Job(Job const&)> wire);

  void Start() { Look(); }

  // Not `ok`: the client has gone.
  void OnWriteDone(bool ok) override;
  // Only takes note: what is under way finishes the call.
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  void Look();
  // On a thread of the store.
  void GotChanges(absl::StatusOr<JobChanges> changes);
  // The next message that waits, or a pause.
  void WriteNext();
  void LookAgainLater();

  Store& store_;
  JobFilter const filter_;
  std::function<v1::Job(Job const&)> const wire_;
  std::optional<int64_t> after_;
  bool told_ = false;  // the client knows `after_`
  std::deque<JobChange> waiting_;
  v1::WatchResponse response_;
  std::optional<grpc::Alarm> alarm_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace probefarm
