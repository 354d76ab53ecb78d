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

NewJob MakeJob(BuildSpec const& spec, std::string fingerprint, JobTerms const& terms) {
  NewJob job;
  job.probe = spec.probe;
  job.file_name = spec.file_name;
  job.fingerprint = std::move(fingerprint);
  job.requirements = {spec.probe.arch, spec.limits.memory_bytes};
  job.lane = terms.lane;
  job.run_limit = terms.run_limit;
  job.spec = ToJson(spec);
  return job;
}

bool FailedWith(ProbeKnowledge const& known, std::string const& fingerprint) {
  std::vector<std::string> const& failed = known.failed_fingerprints;
  return std::find(failed.begin(), failed.end(), fingerprint) != failed.end();
}

// `wanted` is not published.
void AddToPlan(Offer const& offer, WantedProbe const& wanted, ProbeKnowledge const& known,
               JobTerms const& terms, Plan& plan) {
  absl::StatusOr<BuildSpec> const spec =
      MakeSpec(*wanted.driver, *wanted.kernel, wanted.probe.kind, offer.builder, offer.recipe);
  if (!spec.ok()) {
    plan.excluded.push_back(
        {wanted.probe, {"not_buildable", absl::StrCat("cannot build: ", spec.status().message())}});
    return;
  }
  std::string fingerprint = InputsFingerprint(*spec);
  if (!known.unfinished.has_value() && FailedWith(known, fingerprint)) {
    ++plan.known_to_fail;
    return;
  }
  if (known.unfinished.has_value()) ++plan.joining;
  plan.jobs.push_back(MakeJob(*spec, std::move(fingerprint), terms));
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
