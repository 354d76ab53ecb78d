#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/feeds/kernel_feed.h"
#include "coordinator/planning/offer.h"
#include "coordinator/recipe/driver_source.h"
#include "lib/driver/probe.h"

namespace re2 {
class RE2;
}

namespace probefarm {

// Which probes of the offer are meant. Every field that is set must match. What a client asks for
// with a backfill; all empty means everything.
struct ProbeFilter {
  std::string driver_version;
  std::string target;
  std::string kernel_regex;  // RE2, searched in `uname -r` and in the release of the probe's name
  std::optional<Kind> kind;
  std::optional<Arch> arch;
  int newest = 0;  // for each target only the newest N kernels that match and can be built; 0: all
};

// A filter that has been checked against an offer. Immutable, so safe to use from several threads.
//
//   ASSIGN_OR_RETURN(ProbeMatcher const matcher, ProbeMatcher::Make(filter, offer));
//   if (matcher.MatchesDriver(driver) && matcher.MatchesKernel(kernel, release)) …
class ProbeMatcher {
 public:
  // INVALID_ARGUMENT: a driver version or target that the offer does not have (with those that it
  // has), a regular expression that does not compile (with RE2's reason), a negative `newest`.
  static absl::StatusOr<ProbeMatcher> Make(ProbeFilter filter, Offer const& offer);

  ProbeMatcher(ProbeMatcher&&) noexcept;
  ProbeMatcher& operator=(ProbeMatcher&&) noexcept;
  ~ProbeMatcher();

  bool MatchesDriver(DriverSource const& driver) const;
  // `name_release` is the kernel's release as the probe's name has it. Looks at target, arch and
  // expression.
  bool MatchesKernel(Kernel const& kernel, std::string const& name_release) const;
  bool MatchesKind(Kind kind) const;
  // Whether one more kernel of a target is wanted beside `taken`. Counted for each driver version
  // by itself.
  bool WantsAnother(int taken) const;

 private:
  ProbeMatcher(ProbeFilter filter, std::unique_ptr<re2::RE2> kernel);

  ProbeFilter filter_;
  std::unique_ptr<re2::RE2> kernel_;
};

}  // namespace probefarm
