#pragma once

#include <functional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// One holder for each key: slots that want the same input, volume or image wait for the first of
// them instead of doing its work again. Different keys do not hold up one another. Among threads of
// this process only; no order among those who wait; a thread that waits for a key that it holds
// waits for ever. Thread-safe; outlives its holders.
//
//   ASSIGN_OR_RETURN(KeyedLock::Holder const holder, fetching_.Acquire(sha256, cancelled));
class KeyedLock {
 public:
  // Holds a key until destruction. Movable.
  class Holder {
   public:
    Holder(Holder&& other) noexcept;
    Holder& operator=(Holder&&) = delete;
    ~Holder();

   private:
    friend class KeyedLock;
    Holder(KeyedLock* lock, std::string key);

    KeyedLock* lock_;  // null when it was moved from
    std::string key_;
  };

  // Waits for the present holder of `key`. CANCELLED, with the key, when `cancelled`, asked before
  // the first try and at least once a second, answers true; it may be null.
  absl::StatusOr<Holder> Acquire(std::string const& key, std::function<bool()> const& cancelled)
      EXCLUDES(mu_);

 private:
  // Waits for a change, a second at most, when the key is held.
  bool TryAcquire(std::string const& key) EXCLUDES(mu_);
  void Release(std::string const& key) EXCLUDES(mu_);

  Mutex mu_;
  CondVar changed_;
  std::set<std::string> held_ GUARDED_BY(mu_);
};

}  // namespace probefarm
