#include "coordinator/api/acquire_reactor.h"

#include <utility>

#include "coordinator/api/retry_delay.h"
#include "coordinator/api/wire.h"
#include "lib/rpc/status.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

constexpr absl::Duration kComeBackAfter = absl::Seconds(5);

}  // namespace

void AcquireReactor::Start(AcquireRequest request, Dispatcher::PollTerms terms) {
  Dispatcher::PollId const poll = dispatcher_.Acquire(
      std::move(request), terms,
      [this](absl::StatusOr<std::vector<GrantedLease>> leases) { Answer(std::move(leases)); });
  bool cancelled = false;
  {
    MutexLock lock(mu_);
    poll_ = poll;
    cancelled = cancelled_;
  }
  if (cancelled) dispatcher_.Cancel(poll);
  Unref();
}

void AcquireReactor::OnCancel() {
  Dispatcher::PollId poll = 0;
  {
    MutexLock lock(mu_);
    cancelled_ = true;
    poll = poll_;
  }
  if (poll != 0) dispatcher_.Cancel(poll);
}

void AcquireReactor::Answer(absl::StatusOr<std::vector<GrantedLease>> leases) {
  if (leases.ok()) {
    for (GrantedLease& granted : *leases) {
      Log(LogLevel::kInfo, "lease granted",
          {{"job", granted.job.id},
           {"epoch", granted.job.epoch},
           {"worker", granted.job.worker},
           {"probe", Describe(granted.job.probe)}});
      v1::Lease* const lease = response_->add_leases();
      lease->mutable_name()->set_job(granted.job.id);
      lease->mutable_name()->set_epoch(granted.job.epoch);
      *lease->mutable_probe() = ToWire(granted.job.probe);
      lease->set_spec(std::move(granted.spec));
      *lease->mutable_run_deadline() = ToWire(granted.job.run_deadline);
    }
  }
  if (absl::IsResourceExhausted(leases.status())) AskToComeBack(*context_, kComeBackAfter);
  Finish(ToGrpc(leases.status()));
}

void AcquireReactor::Unref() {
  bool last = false;
  {
    MutexLock lock(mu_);
    last = --references_ == 0;
  }
  if (last) delete this;
}

}  // namespace probefarm
