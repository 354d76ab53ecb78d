#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"
#include "tests/testing/github/calls.h"
#include "tests/testing/github/fake_github.h"
#include "tests/testing/github/fault_plan.h"
#include "tests/testing/github/journal.h"
#include "tests/testing/github/limiter.h"
#include "tests/testing/github/world.h"

namespace probefarm::fake_github {

// All that the listeners share: the world, the limits, the faults, the log and the counters. Knows
// nothing of sockets. Thread-safe. What changed is in the journal when a call returns.
class Core {
 public:
  // `journal` may be null. `world` is what it held.
  Core(FakeGitHubOptions options, Urls urls, std::unique_ptr<Journal> journal, World world);

  Urls const& urls() const { return urls_; }
  bool starter_on_abort() const { return options_.starter_on_abort; }
  absl::Time Now() const EXCLUDES(mu_);
  void AdvanceClock(absl::Duration by) EXCLUDES(mu_);

  // A request came, and was answered with `status`. The first gives the number for the second.
  size_t Log(Call const& call, bool right_host) EXCLUDES(mu_);
  void LogStatus(size_t number, int status) EXCLUDES(mu_);
  std::optional<FakeFault> Strike(Call const& call) EXCLUDES(mu_);

  // Who calls, and whether a limit lets him. Sets call.login. Every admission is ended, refused
  // ones too: that adds to the answer what every answer has.
  struct Admission {
    Caller caller;
    std::optional<Answer> refused;
    int64_t ticket = 0;  // 0: nothing was counted
  };
  Admission Begin(Call& call) EXCLUDES(mu_);
  void End(Call const& call, Admission const& admission, Answer& answer) EXCLUDES(mu_);

  Answer Perform(Call const& call, Caller const& caller) EXCLUDES(mu_);
  // Null: send the body.
  std::optional<Answer> RefuseUpload(Call const& call, Caller const& caller) EXCLUDES(mu_);
  // `fault` may change what becomes of the asset.
  Answer Upload(Call const& call, Caller const& caller, std::string body,
                std::optional<FakeFault> const& fault) EXCLUDES(mu_);
  void LeaveStarter(Call const& call, Caller const& caller) EXCLUDES(mu_);
  void ExpireTokenOf(Call const& call) EXCLUDES(mu_);

  // For tests and the control endpoint. `change` is called with the lock held.
  template <typename F>
  auto WithWorld(F change) EXCLUDES(mu_) {
    if constexpr (std::is_void_v<decltype(change(std::declval<World&>()))>) {
      std::vector<Record> const records = Locked([&](World& world) { change(world); });
      Keep(records);
    } else {
      decltype(change(std::declval<World&>())) result{};
      std::vector<Record> const records = Locked([&](World& world) { result = change(world); });
      Keep(records);
      return result;
    }
  }
  void Plant(FakeFault fault) EXCLUDES(mu_);
  void ClearFaults() EXCLUDES(mu_);
  void SetLimits(FakeLimits limits) EXCLUDES(mu_);
  FakeLimits limits() const EXCLUDES(mu_);
  FakeCounters counters() const EXCLUDES(mu_);
  void ResetCounters() EXCLUDES(mu_);
  std::vector<FakeRequest> requests() const EXCLUDES(mu_);

 private:
  template <typename F>
  std::vector<Record> Locked(F change) EXCLUDES(mu_) {
    MutexLock lock(mu_);
    change(world_);
    return TakeRecords();
  }
  std::vector<Record> TakeRecords() REQUIRES(mu_);
  void Keep(std::vector<Record> const& records) const;
  Scene SceneNow() REQUIRES(mu_);
  absl::Time NowLocked() const REQUIRES(mu_) { return clock_->Now() + ahead_; }
  std::optional<Answer> Limit(Call const& call, Admission& admission) REQUIRES(mu_);
  int PointsOf(Call const& call, Answer const& answer) const REQUIRES(mu_);
  void AddHeaders(Call const& call, Admission const& admission, Answer& answer) REQUIRES(mu_);

  FakeGitHubOptions const options_;
  Urls const urls_;
  std::unique_ptr<Journal> const journal_;
  SystemClock const system_clock_;
  Clock const* const clock_;

  mutable Mutex mu_;
  World world_ GUARDED_BY(mu_);
  Limiter limiter_ GUARDED_BY(mu_);
  FaultPlan faults_ GUARDED_BY(mu_);
  FakeCounters counters_ GUARDED_BY(mu_);
  std::vector<FakeRequest> requests_ GUARDED_BY(mu_);
  absl::Duration ahead_ GUARDED_BY(mu_) = absl::ZeroDuration();
};

}  // namespace probefarm::fake_github
