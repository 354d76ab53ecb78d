#include "bench/load/dispatch.h"

#include <algorithm>
#include <future>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/load/load_spec.h"
#include "bench/load/peer.h"
#include "lib/rpc/wire.h"

namespace probefarm {
namespace {

// Long enough for a poll to be waiting at the coordinator.
constexpr absl::Duration kUntilItWaits = absl::Milliseconds(3);

class WaitingWorker {
 public:
  explicit WaitingWorker(Peer& peer) : peer_(peer), session_(peer.OpenSession("dispatch")) {}

  void Wait() {
    received_ = std::promise<absl::Time>();
    context_ = std::make_unique<grpc::ClientContext>();
    request_.set_session(session_);
    request_.set_request_id(absl::StrCat(++requests_));
    request_.set_free_slots(1);
    *request_.mutable_wait() = ToWire(absl::Seconds(20));
    peer_.workers(0).async()->Acquire(
        context_.get(), &request_, &response_,
        [this](grpc::Status const&) { received_.set_value(absl::Now()); });
  }
  // When the lease came.
  absl::Time Received() { return received_.get_future().get(); }

  void Report() {
    if (response_.leases_size() != 1) throw std::runtime_error("the worker got no lease");
    peer_.Report(session_, response_.leases(0).name());
  }

 private:
  Peer& peer_;
  std::string const session_;
  int64_t requests_ = 0;
  std::unique_ptr<grpc::ClientContext> context_;
  v1::AcquireRequest request_;
  v1::AcquireResponse response_;
  std::promise<absl::Time> received_;
};

}  // namespace

Latencies MeasureDispatch(std::string const& address, int count) {
  Peer peer(address, 2);
  WaitingWorker worker(peer);
  Latencies times;
  int64_t job = absl::ToUnixMicros(absl::Now());
  for (int i = 0; i < count; ++i) {
    worker.Wait();
    absl::SleepFor(kUntilItWaits);
    v1::EnqueueRequest request;
    request.add_entries()->set_spec(LoadSpec(++job));
    v1::EnqueueResponse response;
    grpc::ClientContext context;
    Check(peer.jobs(1).Enqueue(&context, request, &response), "Enqueue");
    absl::Time const committed = absl::Now();
    times.Add(std::max(absl::ZeroDuration(), worker.Received() - committed));
    worker.Report();
  }
  return times;
}

}  // namespace probefarm
