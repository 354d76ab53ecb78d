#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "tests/testing/github/fake_fault.h"

namespace probefarm::fake_github {

// The faults that are planted, and how often each was met. Not thread-safe.
class FaultPlan {
 public:
  void Plant(FakeFault fault);
  void Clear() { planted_.clear(); }

  // The fault that strikes this call. Every fault that fits counts the call, though one strikes.
  std::optional<FakeFault> Strike(FakeCallKind kind, std::string const& target);
  int64_t struck() const { return struck_; }
  void ResetCount() { struck_ = 0; }

 private:
  struct Planted {
    explicit Planted(FakeFault planted)
        : fault(std::move(planted)), path(fault.path), random(fault.seed) {}
    FakeFault fault;
    re2::RE2 path;
    std::mt19937_64 random;
    int64_t met = 0;
    int struck = 0;

    bool Fits(FakeCallKind kind, std::string const& target) const;
    // Counts a call that fits.
    bool Due();
  };

  std::list<Planted> planted_;
  int64_t struck_ = 0;
};

}  // namespace probefarm::fake_github
