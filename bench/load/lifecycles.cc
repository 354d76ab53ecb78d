#include "bench/load/lifecycles.h"

#include <atomic>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/load/load_spec.h"
#include "bench/load/peer.h"
#include "bench/load/rate.h"
#include "lib/rpc/wire.h"

namespace probefarm {
namespace {

std::atomic<int64_t> next_job = absl::ToUnixMicros(absl::Now());

// One worker and the client that feeds it. Calls follow one another, from callback to callback.
class Chain {
 public:
  Chain(Peer& peer, Rate& rate, LifecycleLoad const& load, size_t number)
      : peer_(peer),
        rate_(rate),
        load_(load),
        number_(number),
        session_(peer.OpenSession(absl::StrCat("load-", number))) {}

  void Start() {
    running_ = true;
    Enqueue();
  }
  bool running() const { return running_; }

 private:
  grpc::ClientContext* NewContext() {
    context_ = std::make_unique<grpc::ClientContext>();
    SetDeadline(*context_, absl::Seconds(60));
    return context_.get();
  }
  bool Went(grpc::Status const& status, char const* call) {
    if (!status.ok()) rate_.Fail(call);
    if (status.ok() && !rate_.over()) return true;
    running_ = false;
    return false;
  }

  void Enqueue() {
    enqueue_.Clear();
    for (int i = 0; i < load_.enqueue_by; ++i)
      enqueue_.add_entries()->set_spec(LoadSpec(++next_job));
    peer_.jobs(number_).async()->Enqueue(NewContext(), &enqueue_, &enqueued_,
                                         [this](grpc::Status const& status) {
                                           queued_ += enqueued_.answers_size();
                                           if (status.ok() && enqueued_.answers(0).job() == 0)
                                             rate_.Fail("a job was refused");
                                           if (Went(status, "Enqueue")) Acquire();
                                         });
  }

  void Acquire() {
    acquire_.set_session(session_);
    acquire_.set_request_id(absl::StrCat(++requests_));
    acquire_.set_free_slots(load_.lease_by);
    *acquire_.mutable_wait() = ToWire(absl::Seconds(10));
    peer_.workers(number_).async()->Acquire(NewContext(), &acquire_, &acquired_,
                                            [this](grpc::Status const& status) {
                                              if (Went(status, "Acquire")) Complete();
                                            });
  }

  // The leases one after the other; then the next ones, or new jobs.
  void Complete() {
    if (reported_ == acquired_.leases_size()) {
      queued_ -= reported_;
      reported_ = 0;
      queued_ > 0 ? Acquire() : Enqueue();
      return;
    }
    complete_ = Peer::Failure(session_, acquired_.leases(reported_).name());
    peer_.workers(number_).async()->Complete(NewContext(), &complete_, &completed_,
                                             [this](grpc::Status const& status) {
                                               ++reported_;
                                               rate_.Done();
                                               if (Went(status, "Complete")) Complete();
                                             });
  }

  Peer& peer_;
  Rate& rate_;
  LifecycleLoad const& load_;
  size_t const number_;
  std::string const session_;
  int64_t requests_ = 0;
  int queued_ = 0;    // of the jobs that this chain enqueued; others may have been leased
  int reported_ = 0;  // of acquired_
  std::unique_ptr<grpc::ClientContext> context_;
  v1::EnqueueRequest enqueue_;
  v1::EnqueueResponse enqueued_;
  v1::AcquireRequest acquire_;
  v1::AcquireResponse acquired_;
  v1::CompleteRequest complete_;
  v1::CompleteResponse completed_;
  std::atomic<bool> running_ = false;
};

}  // namespace

double MeasureLifecycles(LifecycleLoad const& load) {
  Peer peer(load.address);
  Rate rate;
  std::deque<Chain> chains;
  for (int i = 0; i < load.in_flight; ++i)
    chains.emplace_back(peer, rate, load, static_cast<size_t>(i));
  for (Chain& chain : chains) chain.Start();
  double const rate_a_second = rate.Measure(absl::Milliseconds(500), load.time);
  for (Chain const& chain : chains) {
    while (chain.running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return rate_a_second;
}

}  // namespace probefarm
