#include "coordinator/planning/plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "coordinator/recipe/recipe.h"
#include "lib/build/build_spec.h"

namespace probefarm {
namespace {

NewJob MakeJob(BuildSpec const& spec, JobTerms const& terms) {
  NewJob job;
  job.probe = spec.probe;
  job.file_name = spec.file_name;
  job.fingerprint = InputsFingerprint(spec);
  job.requirements = {spec.probe.arch, spec.limits.memory_bytes};
  job.lane = terms.lane;
  job.run_limit = terms.run_limit;
  job.spec = ToJson(spec);
  return job;
}

// A limit that was too low for the build may have been raised since.
bool WouldFailAgain(FailedBuild const& failed, NewJob const& job) {
  if (failed.fingerprint != job.fingerprint) return false;
  if (failed.reason_code == "out_of_memory")
    return job.requirements.memory_bytes <= failed.memory_bytes;
  if (failed.reason_code == "timed_out") return job.run_limit <= failed.run_limit;
  return true;
}

bool IsKnownToFail(ProbeKnowledge const& known, NewJob const& job) {
  return std::any_of(known.failed.begin(), known.failed.end(),
                     [&](FailedBuild const& failed) { return WouldFailAgain(failed, job); });
}

// `wanted` is not published.
void AddToPlan(Offer const& offer, WantedProbe const& wanted, ProbeKnowledge const& known,
               JobTerms const& terms, Plan& plan) {
  absl::StatusOr<BuildSpec> const spec =
      MakeSpec(*wanted.driver, *wanted.kernel, wanted.probe.kind, offer.builders, offer.recipe);
  if (!spec.ok()) {
    plan.excluded.push_back(
        {wanted.probe, {"not_buildable", absl::StrCat("cannot build: ", spec.status().message())}});
    return;
  }
  NewJob job = MakeJob(*spec, terms);
  if (!known.unfinished.has_value() && IsKnownToFail(known, job)) {
    ++plan.known_to_fail;
    return;
  }
  if (known.unfinished.has_value()) ++plan.joining;
  plan.jobs.push_back(std::move(job));
}

}  // namespace

absl::StatusOr<Plan> MakePlan(Offer const& offer, absl::Span<WantedProbe const> wanted,
                              absl::Span<ProbeKnowledge const> known, JobTerms const& terms) {
  if (wanted.size() != known.size())
    return absl::InternalError(
        absl::StrCat("plan ", wanted.size(), " probes: the store answered ", known.size()));
  Plan plan;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (known[i].published) {
      ++plan.published;
    } else {
      AddToPlan(offer, wanted[i], known[i], terms, plan);
    }
  }
  return plan;
}

}  // namespace probefarm
