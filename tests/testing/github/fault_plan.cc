#include "tests/testing/github/fault_plan.h"

#include <utility>

namespace probefarm::fake_github {

void FaultPlan::Plant(FakeFault fault) { planted_.emplace_back(std::move(fault)); }

bool FaultPlan::Planted::Fits(FakeCallKind kind, std::string const& target) const {
  bool const of_kind = fault.kind == FakeCallKind::kAny || fault.kind == kind;
  return of_kind && (fault.times == 0 || struck < fault.times) &&
         re2::RE2::PartialMatch(target, path);
}

bool FaultPlan::Planted::Due() {
  int64_t const after_skipped = ++met - fault.skip;
  if (after_skipped <= 0 || after_skipped % fault.every != 0) return false;
  return std::uniform_real_distribution<>(0, 1)(random) < fault.probability;
}

std::optional<FakeFault> FaultPlan::Strike(FakeCallKind kind, std::string const& target) {
  std::optional<FakeFault> strikes;
  for (Planted& planted : planted_) {
    if (!planted.Fits(kind, target) || !planted.Due() || strikes) continue;
    ++planted.struck;
    ++struck_;
    strikes = planted.fault;
  }
  return strikes;
}

}  // namespace probefarm::fake_github
