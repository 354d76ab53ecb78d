#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "lib/runtime/mutex.h"

namespace probefarm {

// Runs closures on a fixed number of threads. They begin in the order given; with one thread they
// also end in it. For work that blocks (a release host, a disk), so that an RPC reactor never does.
// The queue has no bound: who gives work bounds it. Thread-safe.
class Executor {
 public:
  // `threads` is at least 1; they start here.
  explicit Executor(int threads);
  // Runs what is queued, and what that queues in turn, then joins. Not from one of its own threads.
  ~Executor();

  Executor(Executor const&) = delete;
  Executor& operator=(Executor const&) = delete;

  // Queues and returns at once; also from inside of work. `work` runs once, without a lock held. It
  // must not throw, and what it refers to must live until then.
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
