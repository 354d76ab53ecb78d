#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "coordinator/store/store.h"

namespace probefarm {

// Uses a store as clients and workers do, one call after the other, and remembers what it answered
// while `alive` was true, asked on the store's thread. For one thread.
class StoreHistory {
 public:
  explicit StoreHistory(unsigned seed) : random_(seed) {}

  // One call of some kind.
  void Step(Store& store, std::function<bool()> const& alive);
  // What the store has lost, a line each.
  std::vector<std::string> Check(Store& store) const;

  int64_t answered() const { return answered_; }

 private:
  // The least that a job must have got to.
  struct Known {
    int64_t epoch = 0;
    std::optional<std::string> failed;    // the reason's code
    std::optional<std::string> artifact;  // digest, of `epoch`
    int64_t log = 0;                      // bytes, of `epoch`
  };
  struct Lease {
    LeaseKey key;
    int64_t log = 0;
  };

  // Calls and waits; nothing when the answer was an error or came after the power had failed.
  template <class T, class Ask>
  std::optional<T> Call(std::function<bool()> const& alive, Ask ask);
  void Enqueue(Store& store, std::function<bool()> const& alive);
  void OpenSession(Store& store, std::function<bool()> const& alive);
  void Acquire(Store& store, std::function<bool()> const& alive);
  void Fail(Store& store, std::function<bool()> const& alive);
  void Report(Store& store, std::function<bool()> const& alive);
  void AppendLog(Store& store, std::function<bool()> const& alive);
  std::optional<size_t> AnyLease();

  std::mt19937 random_;
  int64_t answered_ = 0;
  int64_t jobs_ = 0;
  int64_t calls_ = 0;
  std::string session_;
  std::vector<Lease> leases_;  // of session_, as far as this knows
  std::map<JobId, Known> known_;
};

}  // namespace probefarm
