#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// How many builds run at the same time, and who may ask for the next lease. A worker holds one
// lease more than it has permits: while all of them are taken, the inputs of the next build are
// fetched. So a lease goes through two gates:
//
//   ASSIGN_OR_RETURN(auto turn, permits.AwaitTurn(over));   // then ask for a lease
//   …                                                       // fetch its inputs
//   ASSIGN_OR_RETURN(auto permit, permits.Take(cancelled)); // then build
//
// Thread-safe; outlives its turns and permits.
class BuildPermits {
 public:
  // The right to ask for a lease and to work under it, up to the end of its life. Movable.
  class Turn {
   public:
    Turn(BuildPermits* permits, bool ahead) : permits_(permits), ahead_(ahead) {}
    Turn(Turn&& other) noexcept
        : permits_(std::exchange(other.permits_, nullptr)), ahead_(other.ahead_) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn();

    // All permits are taken: the lease will have to wait for one.
    bool ahead() const { return ahead_; }

   private:
    BuildPermits* permits_;
    bool ahead_;
  };

  // One running build. Given back at its end of life, or before. Movable.
  class Permit {
   public:
    explicit Permit(BuildPermits* permits) : permits_(permits) {}
    Permit(Permit&& other) noexcept : permits_(std::exchange(other.permits_, nullptr)) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() { Return(); }

    // Idempotent.
    void Return();

   private:
    BuildPermits* permits_;
  };

  // `count` is at least 1.
  explicit BuildPermits(int count) : count_(count), free_(count) {}

  // Blocks until there are fewer turns than permits, or as many and every permit is taken. `over`
  // is asked about once a second; nothing once it is true.
  std::optional<Turn> AwaitTurn(std::function<bool()> const& over) EXCLUDES(mu_);

  // Blocks until a permit is free. `cancelled` is asked about once a second and may be null; true
  // ends the wait with CANCELLED.
  absl::StatusOr<Permit> Take(std::function<bool()> const& cancelled) EXCLUDES(mu_);

 private:
  bool HasTurn() const REQUIRES(mu_) { return turns_ < count_ || (turns_ == count_ && free_ == 0); }
  void EndTurn() EXCLUDES(mu_);
  void Return() EXCLUDES(mu_);

  int const count_;
  Mutex mu_;
  CondVar changed_;
  int turns_ GUARDED_BY(mu_) = 0;
  int free_ GUARDED_BY(mu_);
};

}  // namespace probefarm
