#pragma once

#include <functional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lib/runtime/mutex.h"
#include "worker/engine/container_engine.h"

namespace probefarm {

// Follows a started container's output on a thread of its own, from construction on. The sink is
// called on that thread, and not any more once Finish() has returned. One thread constructs,
// finishes and destroys it.
class LogFollower {
 public:
  // `engine`, and what the sink refers to, outlive this. `container` is an id.
  LogFollower(ContainerEngine* engine, std::string container, BodySink sink);
  // Finish() without a wait, when that was not called.
  ~LogFollower();

  LogFollower(LogFollower const&) = delete;
  LogFollower& operator=(LogFollower const&) = delete;

  // After the container's end: waits for the rest of the output, but not longer than `limit` and
  // the second that the engine may take to heed it. Not OK when output is missing: CANCELLED when
  // the limit was up, the engine's or the sink's error. To be called once.
  absl::Status Finish(absl::Duration limit) EXCLUDES(mu_);

 private:
  void Follow() EXCLUDES(mu_);
  // What the engine asks to know whether to go on.
  bool IsStopping() EXCLUDES(mu_);
  // Waits for the end of the output; from then on, however that went, it is stopping.
  void AwaitEnd(absl::Duration limit) EXCLUDES(mu_);

  ContainerEngine* const engine_;
  std::string const container_;
  BodySink const sink_;
  Mutex mu_;
  CondVar changed_;
  bool stopping_ GUARDED_BY(mu_) = false;
  bool ended_ GUARDED_BY(mu_) = false;
  absl::Status result_ GUARDED_BY(mu_);  // once ended
  std::thread thread_;
};

}  // namespace probefarm
