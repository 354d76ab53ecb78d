#pragma once

#include <grpcpp/support/server_callback.h>

#include "coordinator/leasing/dispatcher.h"
#include "lib/runtime/mutex.h"
#include "probefarm/v1/worker.pb.h"

namespace probefarm {

// One long poll: hands the request to the dispatcher, and takes it back when the worker goes away.
// Deletes itself.
//
//   auto* const reactor = new AcquireReactor(dispatcher, response);
//   reactor->Start(request, terms);
//   return reactor;
class AcquireReactor final : public grpc::ServerUnaryReactor {
 public:
  // `context` and `response` are gRPC's and live until OnDone(); the dispatcher must outlive the
  // call.
  AcquireReactor(Dispatcher& dispatcher, grpc::CallbackServerContext* context,
                 v1::AcquireResponse* response)
      : dispatcher_(dispatcher), context_(context), response_(response) {}

  // Once. The answer may come, and the reactor be gone, before this returns. Finishes with the
  // dispatcher's status; OK without leases when the wait is over.
  void Start(AcquireRequest request, Dispatcher::PollTerms terms) EXCLUDES(mu_);

  // gRPC calls it when the worker hangs up or its deadline passes, on any of its threads.
  void OnCancel() override EXCLUDES(mu_);
  void OnDone() override { Unref(); }

 private:
  // gRPC may call OnDone(), which does nothing that waits, on the thread that has ended the call:
  // one thread fewer to wake for each poll.
  bool InternalInlineable() override { return true; }
  // The dispatcher's callback: fills the response, logs each grant, finishes the call.
  void Answer(absl::StatusOr<std::vector<GrantedLease>> leases);
  void Unref() EXCLUDES(mu_);

  Dispatcher& dispatcher_;
  grpc::CallbackServerContext* const context_;
  v1::AcquireResponse* const response_;
  Mutex mu_;
  // The answer can come, and the call be done, before the dispatcher has told the poll's id:
  // Start() holds one reference, gRPC the other.
  int references_ GUARDED_BY(mu_) = 2;
  Dispatcher::PollId poll_ GUARDED_BY(mu_) = 0;
  bool cancelled_ GUARDED_BY(mu_) = false;
};

}  // namespace probefarm
