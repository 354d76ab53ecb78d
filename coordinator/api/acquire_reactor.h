#pragma once

#include <grpcpp/support/server_callback.h>

#include "coordinator/leasing/dispatcher.h"
#include "lib/runtime/mutex.h"
#include "probefarm/v1/worker.pb.h"

namespace probefarm {

// One long poll: hands the request to the dispatcher, and takes it back when the worker goes away.
// Deletes itself.
class AcquireReactor final : public grpc::ServerUnaryReactor {
 public:
  AcquireReactor(Dispatcher& dispatcher, v1::AcquireResponse* response)
      : dispatcher_(dispatcher), response_(response) {}

  void Start(AcquireRequest request, absl::Duration wait) EXCLUDES(mu_);

  void OnCancel() override EXCLUDES(mu_);
  void OnDone() override { Unref(); }

 private:
  void Answer(absl::StatusOr<std::vector<GrantedLease>> leases);
  void Unref() EXCLUDES(mu_);

  Dispatcher& dispatcher_;
  v1::AcquireResponse* const response_;
  Mutex mu_;
  // The answer can come, and the call be done, before the dispatcher has told the poll's id:
  // Start() holds one reference, gRPC the other.
  int references_ GUARDED_BY(mu_) = 2;
  Dispatcher::PollId poll_ GUARDED_BY(mu_) = 0;
  bool cancelled_ GUARDED_BY(mu_) = false;
};

}  // namespace probefarm
