#include "coordinator/api/watch_reactor.h"

#include <chrono>
#include <utility>

#include "lib/rpc/status.h"

namespace probefarm {
namespace {

constexpr int kAtOnce = 500;
constexpr auto kLookEvery = std::chrono::milliseconds(500);

}  // namespace

WatchReactor::WatchReactor(Store& store, JobFilter filter, std::optional<int64_t> after,
                           std::function<v1::Job(Job const&)> wire)
    : store_(store), filter_(std::move(filter)), wire_(std::move(wire)), after_(after) {}

void WatchReactor::Look() {
  store_.ListChanges(filter_, after_, kAtOnce, [this](absl::StatusOr<JobChanges> changes) {
    GotChanges(std::move(changes));
  });
}

void WatchReactor::GotChanges(absl::StatusOr<JobChanges> changes) {
  if (!changes.ok() || cancelled_) {
    Finish(changes.ok() ? grpc::Status::CANCELLED : ToGrpc(changes.status()));
    return;
  }
  told_ = told_ && after_ == changes->revision;
  after_ = changes->revision;
  for (JobChange& change : changes->changes) waiting_.push_back(std::move(change));
  WriteNext();
}

void WatchReactor::WriteNext() {
  response_.Clear();
  if (!waiting_.empty()) {
    response_.set_revision(waiting_.front().revision);
    *response_.mutable_job() = wire_(waiting_.front().job);
    told_ = waiting_.front().revision == after_;
    waiting_.pop_front();
    StartWrite(&response_);
  } else if (!told_) {
    response_.set_revision(*after_);
    told_ = true;
    StartWrite(&response_);
  } else {
    LookAgainLater();
  }
}

void WatchReactor::OnWriteDone(bool ok) {
  if (!ok || cancelled_) {
    Finish(grpc::Status::CANCELLED);
    return;
  }
  WriteNext();
}

// A new alarm each time: the callback of the last one may still be returning.
void WatchReactor::LookAgainLater() {
  alarm_.emplace();
  alarm_->Set(std::chrono::system_clock::now() + kLookEvery, [this](bool) { Look(); });
}

void WatchReactor::OnCancel() { cancelled_ = true; }

}  // namespace probefarm
