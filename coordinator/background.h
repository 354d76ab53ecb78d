#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "lib/runtime/periodic_task.h"

namespace probefarm {

// The coordinator's background work: each piece is somebody's RunOnce() on a thread of its own.
// Destruction waits for the runs under way, so what they use must outlive this. Not thread-safe.
class Background {
 public:
  // Runs at once and then every `interval`. The answer lives as long as this. Wake() makes it run
  // before its time.
  PeriodicTask* Add(absl::Duration interval, std::function<void()> run_once) {
    tasks_.push_back(std::make_unique<PeriodicTask>(interval, std::move(run_once)));
    tasks_.back()->Wake();
    return tasks_.back().get();
  }

 private:
  std::vector<std::unique_ptr<PeriodicTask>> tasks_;
};

}  // namespace probefarm
