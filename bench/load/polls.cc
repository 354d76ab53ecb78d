#include "bench/load/polls.h"

#include <atomic>
#include <deque>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/load/peer.h"
#include "lib/rpc/wire.h"

namespace probefarm {
namespace {

class Poll {
 public:
  Poll(Peer& peer, size_t number)
      : peer_(peer), number_(number), session_(peer.OpenSession(absl::StrCat("poll-", number))) {}

  void Start() {
    running_ = true;
    context_ = std::make_unique<grpc::ClientContext>();
    request_.set_session(session_);
    request_.set_request_id(absl::StrCat(++requests_));
    request_.set_free_slots(1);
    *request_.mutable_wait() = ToWire(absl::Seconds(30));
    peer_.workers(number_).async()->Acquire(context_.get(), &request_, &response_,
                                            [this](grpc::Status const& status) {
                                              if (status.ok() && !over_) {
                                                Start();
                                              } else {
                                                running_ = false;
                                              }
                                            });
  }
  void Stop() {
    over_ = true;
    context_->TryCancel();
  }
  bool running() const { return running_; }

 private:
  Peer& peer_;
  size_t const number_;
  std::string const session_;
  int64_t requests_ = 0;
  std::unique_ptr<grpc::ClientContext> context_;
  v1::AcquireRequest request_;
  v1::AcquireResponse response_;
  std::atomic<bool> running_ = false;
  std::atomic<bool> over_ = false;
};

}  // namespace

void HoldPolls(std::string const& address, int workers, absl::Duration time) {
  Peer peer(address, 16);
  std::deque<Poll> polls;
  for (int i = 0; i < workers; ++i) polls.emplace_back(peer, static_cast<size_t>(i));
  for (Poll& poll : polls) poll.Start();
  absl::SleepFor(absl::Seconds(1));
  std::cout << "waiting" << std::endl;
  absl::SleepFor(time);
  for (Poll& poll : polls) {
    if (!poll.running()) throw std::runtime_error("a poll ended before its time");
  }
  for (Poll& poll : polls) poll.Stop();
  for (Poll const& poll : polls) {
    while (poll.running()) absl::SleepFor(absl::Milliseconds(5));
  }
}

}  // namespace probefarm
