#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "lib/runtime/mutex.h"

namespace probefarm {

// Runs closures on a fixed number of threads, in the order given. For work that blocks (a release
// host, a disk), so that an RPC reactor never does. Thread-safe. Destruction runs what is queued,
// then joins.
class Executor {
 public:
  explicit Executor(int threads);
  ~Executor();

  Executor(Executor const&) = delete;
  Executor& operator=(Executor const&) = delete;

  void Run(std::function<void()> work) EXCLUDES(mu_);

 private:
  void Loop() EXCLUDES(mu_);

  Mutex mu_;
  CondVar changed_;
  std::deque<std::function<void()>> queue_ GUARDED_BY(mu_);
  bool stopping_ GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace probefarm
