#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "coordinator/planning/offer.h"
#include "coordinator/planning/wanted.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/records.h"
#include "lib/build/build_spec.h"

namespace probefarm {

// How the jobs of one plan are to be queued.
struct JobTerms {
  // Where they wait; see LaneOrder.
  Lane lane = Lane::kBackfill;
  // From lease to outcome: inputs, build and upload. Longer than the build's own timeout.
  absl::Duration run_limit = absl::Hours(1);
};

// What is to be done about the probes that are wanted. Each of them is in `jobs` or `excluded`,
// or counted in `published` or `known_to_fail`.
struct Plan {
  // To enqueue, in the order of `wanted`. Those of `joining` are among them: the store joins them
  // to the unfinished job of the same probe, which so becomes part of the backfill.
  std::vector<NewJob> jobs;
  int64_t joining = 0;
  int64_t published = 0;
  int64_t known_to_fail = 0;  // failed with these inputs, in limits that were no lower
  std::vector<ExcludedProbe> excluded;
};

// Wanted, less what `known` says of each (Store::FindProbes() of the same probes in the same order;
// INTERNAL when the numbers differ). Specs are made for what is not published, so a large set is
// best planned and enqueued piece by piece. A plan of what an earlier plan enqueued only joins:
// planning twice enqueues nothing twice. Pure.
//
//   ASSIGN_OR_RETURN(WantedProbes const found, FindWanted(offer, filter));
//   for each piece of found.wanted:
//     known = what Store::FindProbes() says of it
//     ASSIGN_OR_RETURN(Plan plan, MakePlan(offer, piece, known, terms));
//     Store::Enqueue(plan.jobs)
//
// A probe whose spec cannot be made is excluded as "not_buildable", with the recipe's words. One
// that failed is planned again as soon as its inputs' fingerprint differs; a failure for want of
// memory or time also when the job would now get more of it.
absl::StatusOr<Plan> MakePlan(Offer const& offer, absl::Span<WantedProbe const> wanted,
                              absl::Span<ProbeKnowledge const> known, JobTerms const& terms);

// The job of one probe, where it is to be built now. ALREADY_EXISTS: it is published.
// FAILED_PRECONDITION: it cannot be built, with the recipe's words, or failed with these inputs,
// or what they made was withdrawn. Pure.
absl::StatusOr<NewJob> PlanProbe(Offer const& offer, WantedProbe const& wanted,
                                 ProbeKnowledge const& known, JobTerms const& terms);

// The job of a build spec that somebody else has made, in its canonical form. The file must have
// the name that loaders ask for. INVALID_ARGUMENT names the spec's key that is wrong. Pure.
absl::StatusOr<NewJob> PlanSpec(absl::string_view json, std::string const& driver_name, Lane lane);

// JobTerms::run_limit of a job with such limits.
absl::Duration RunLimitFor(BuildLimits const& limits);

}  // namespace probefarm
