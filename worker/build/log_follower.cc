#include "worker/build/log_follower.h"

#include <utility>

namespace probefarm {

LogFollower::LogFollower(ContainerEngine* engine, std::string container, BodySink sink)
    : engine_(engine),
      container_(std::move(container)),
      sink_(std::move(sink)),
      thread_([this] { Follow(); }) {}

LogFollower::~LogFollower() {
  if (thread_.joinable()) Finish(absl::ZeroDuration()).IgnoreError();
}

absl::Status LogFollower::Finish(absl::Duration limit) {
  AwaitEnd(limit);
  thread_.join();
  MutexLock lock(mu_);
  return result_;
}

void LogFollower::AwaitEnd(absl::Duration limit) {
  MutexLock lock(mu_);
  while (!ended_ && changed_.WaitFor(mu_, limit)) {
  }
  stopping_ = true;
}

void LogFollower::Follow() {
  absl::Status result = engine_->FollowLogs(container_, sink_, [this] { return IsStopping(); });
  {
    MutexLock lock(mu_);
    ended_ = true;
    result_ = std::move(result);
  }
  changed_.NotifyAll();
}

bool LogFollower::IsStopping() {
  MutexLock lock(mu_);
  return stopping_;
}

}  // namespace probefarm
