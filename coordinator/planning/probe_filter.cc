#include "coordinator/planning/probe_filter.h"

#include <re2/re2.h>

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// OK when `value` is empty or among `known`.
absl::Status CheckKnown(absl::string_view what, std::string const& value,
                        std::set<std::string> const& known) {
  if (value.empty() || known.count(value) > 0) return absl::OkStatus();
  std::string const others =
      known.empty() ? "none is known yet" : absl::StrCat("known are ", absl::StrJoin(known, ", "));
  return absl::InvalidArgumentError(absl::StrCat("unknown ", what, " '", value, "': ", others));
}

std::set<std::string> Versions(std::vector<DriverSource> const& drivers) {
  std::set<std::string> versions;
  for (DriverSource const& driver : drivers) versions.insert(driver.version);
  return versions;
}

std::set<std::string> Targets(std::vector<Kernel> const& kernels) {
  std::set<std::string> targets;
  for (Kernel const& kernel : kernels) targets.insert(kernel.host.target);
  return targets;
}

absl::StatusOr<std::unique_ptr<RE2>> Compile(std::string const& regex) {
  auto compiled = std::make_unique<RE2>(regex, RE2::Quiet);
  if (compiled->ok()) return compiled;
  return absl::InvalidArgumentError(
      absl::StrCat("kernel expression '", regex, "' does not compile: ", compiled->error()));
}

}  // namespace

absl::StatusOr<ProbeMatcher> ProbeMatcher::Make(ProbeFilter filter, Offer const& offer) {
  RETURN_IF_ERROR(CheckKnown("driver version", filter.driver_version, Versions(offer.drivers)));
  RETURN_IF_ERROR(CheckKnown("target", filter.target, Targets(offer.kernels)));
  if (filter.newest < 0)
    return absl::InvalidArgumentError(
        absl::StrCat("newest is ", filter.newest, ": it is a number of kernels, or 0 for all"));
  ASSIGN_OR_RETURN(std::unique_ptr<RE2> kernel, Compile(filter.kernel_regex));
  return ProbeMatcher(std::move(filter), std::move(kernel));
}

ProbeMatcher::ProbeMatcher(ProbeFilter filter, std::unique_ptr<re2::RE2> kernel)
    : filter_(std::move(filter)), kernel_(std::move(kernel)) {}

ProbeMatcher::ProbeMatcher(ProbeMatcher&&) noexcept = default;
ProbeMatcher& ProbeMatcher::operator=(ProbeMatcher&&) noexcept = default;
ProbeMatcher::~ProbeMatcher() = default;

bool ProbeMatcher::MatchesDriver(DriverSource const& driver) const {
  return filter_.driver_version.empty() || filter_.driver_version == driver.version;
}

bool ProbeMatcher::MatchesKernel(Kernel const& kernel, std::string const& name_release) const {
  if (!filter_.target.empty() && filter_.target != kernel.host.target) return false;
  if (filter_.arch.has_value() && *filter_.arch != kernel.host.arch) return false;
  return RE2::PartialMatch(kernel.host.release, *kernel_) ||
         RE2::PartialMatch(name_release, *kernel_);
}

bool ProbeMatcher::MatchesKind(Kind kind) const {
  return !filter_.kind.has_value() || *filter_.kind == kind;
}

bool ProbeMatcher::WantsAnother(int taken) const {
  return filter_.newest == 0 || taken < filter_.newest;
}

}  // namespace probefarm
