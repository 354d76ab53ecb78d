#include "tests/simulation/seed_search.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "lib/runtime/mutex.h"
#include "tests/simulation/simulation.h"

namespace probefarm {
namespace {

class QuietLog {
 public:
  QuietLog() : kept_(dup(STDERR_FILENO)) {
    int const nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
  }
  ~QuietLog() {
    dup2(kept_, STDERR_FILENO);
    close(kept_);
  }
  QuietLog(QuietLog const&) = delete;
  QuietLog& operator=(QuietLog const&) = delete;

 private:
  int const kept_;
};

class Search {
 public:
  Search(uint64_t first, uint64_t count) : next_(first), end_(first + count) {}

  std::optional<Finding> Run() EXCLUDES(mu_) {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
      threads.emplace_back([this] { Work(); });
    for (std::thread& thread : threads) thread.join();
    MutexLock lock(mu_);
    return found_;
  }

 private:
  void Work() EXCLUDES(mu_) {
    for (uint64_t seed = next_++; seed < end_; seed = next_++) {
      std::optional<std::string> const broken = Simulate(seed);
      if (!broken) continue;
      end_ = 0;
      MutexLock lock(mu_);
      if (!found_ || seed < found_->seed) found_ = {seed, *broken};
    }
  }

  std::atomic<uint64_t> next_;
  std::atomic<uint64_t> end_;
  Mutex mu_;
  std::optional<Finding> found_ GUARDED_BY(mu_);
};

}  // namespace

std::optional<Finding> SearchSeeds(uint64_t first, uint64_t count) {
  QuietLog const quiet;
  return Search(first, count).Run();
}

}  // namespace probefarm
