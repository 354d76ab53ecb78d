#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"

// Clang's thread-safety analysis: every shared field says which mutex guards it, and the build
// fails where that is broken. Abseil defines GUARDED_BY and NO_THREAD_SAFETY_ANALYSIS, the same
// way.
#if defined(__clang__)
#define PROBEFARM_TSA(x) __attribute__((x))
#else
#define PROBEFARM_TSA(x)
#endif
//
//   REQUIRES(mu): the caller holds mu. EXCLUDES(mu): the caller does not, since the function locks
//   it. ACQUIRE and RELEASE: the function locks or unlocks. g++ ignores them all.
#define CAPABILITY(x) PROBEFARM_TSA(capability(x))
#define SCOPED_CAPABILITY PROBEFARM_TSA(scoped_lockable)
#define REQUIRES(...) PROBEFARM_TSA(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) PROBEFARM_TSA(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) PROBEFARM_TSA(acquire_capability(__VA_ARGS__))
#define RELEASE(...) PROBEFARM_TSA(release_capability(__VA_ARGS__))

namespace probefarm {

// std::mutex with annotations. (Debian's prebuilt absl::Mutex raises false races under
// ThreadSanitizer: docs/adr/0012.) Not recursive. Held for a few lines, never over I/O or a
// callback.
//
//   Mutex mu_;
//   int count_ GUARDED_BY(mu_) = 0;
//   …
//   MutexLock lock(mu_);
//   ++count_;
class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(Mutex const&) = delete;
  Mutex& operator=(Mutex const&) = delete;

  void Lock() ACQUIRE() { mu_.lock(); }
  void Unlock() RELEASE() { mu_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mu_;
};

// Holds a mutex for a scope.
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mu) ACQUIRE(mu) : mu_(mu) { mu_.Lock(); }
  ~MutexLock() RELEASE() { mu_.Unlock(); }
  MutexLock(MutexLock const&) = delete;
  MutexLock& operator=(MutexLock const&) = delete;

 private:
  Mutex& mu_;
};

// Waits for a change of what a mutex guards. Callers loop on their condition: wake-ups can be
// spurious. All waiters of one CondVar pass the same mutex, which is released while they wait and
// held again on return.
//
//   while (queue_.empty() && !stopping_) changed_.Wait(mu_);
class CondVar {
 public:
  void Wait(Mutex& mu) REQUIRES(mu) {
    std::unique_lock<std::mutex> lock(mu.mu_, std::adopt_lock);
    cv_.wait(lock);
    lock.release();
  }

  // False when `timeout` passed without a notification. Real time; `timeout` is finite (an infinite
  // one would overflow), and one that is not positive only lets others have the mutex.
  bool WaitFor(Mutex& mu, absl::Duration timeout) REQUIRES(mu) {
    std::unique_lock<std::mutex> lock(mu.mu_, std::adopt_lock);
    bool const notified =
        cv_.wait_for(lock, absl::ToChronoNanoseconds(timeout)) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }

  // With or without the mutex held. NotifyOne() only where any waiter can take the change.
  void NotifyOne() { cv_.notify_one(); }
  void NotifyAll() { cv_.notify_all(); }

 private:
  std::condition_variable cv_;
};

}  // namespace probefarm
