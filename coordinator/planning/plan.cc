#include "coordinator/planning/plan.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "coordinator/recipe/recipe.h"
#include "coordinator/store/withdrawal_rules.h"
#include "lib/build/build_room.h"
#include "lib/build/build_spec.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Inputs before the build's own timeout, waiting and upload after it.
constexpr absl::Duration kAroundTheBuild = absl::Minutes(40);

// Whole GiB: hardly any two kernels' headers are of one size.
int64_t DiskFor(BuildSpec const& spec) {
  constexpr int64_t kGib = int64_t{1} << 30;
  return (RoomFor(spec) + kGib - 1) / kGib * kGib;
}

NewJob MakeJob(BuildSpec&& spec, std::string json, JobTerms const& terms) {
  NewJob job;
  job.fingerprint = InputsFingerprint(spec);
  job.requirements = {spec.probe.arch, spec.limits.memory_bytes, {}, DiskFor(spec), spec.image.id};
  job.probe = std::move(spec.probe);
  job.file_name = std::move(spec.file_name);
  job.lane = terms.lane;
  job.run_limit = terms.run_limit;
  job.spec = std::move(json);
  return job;
}

Labels LabelsFor(WantedProbe const& wanted) {
  return {wanted.driver->worker_labels.begin(), wanted.driver->worker_labels.end()};
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

// Why the job's inputs are not to be built again; nothing when they may, or are being built
// already.
std::optional<Reason> WhyWithdrawn(ProbeKnowledge const& known, NewJob const& job) {
  for (WithdrawnBuild const& build : known.withdrawn) {
    if (!known.unfinished.has_value() && !build.fingerprint.empty() &&
        build.fingerprint == job.fingerprint)
      return ReasonOf(build);
  }
  return std::nullopt;
}

// `wanted` is not published.
void AddToPlan(Offer const& offer, WantedProbe const& wanted, ProbeKnowledge const& known,
               JobTerms const& terms, Plan& plan) {
  absl::StatusOr<BuildSpec> spec =
      MakeSpec(*wanted.driver, *wanted.kernel, wanted.probe.kind, offer.builders, offer.recipe);
  if (!spec.ok()) {
    plan.excluded.push_back(
        {wanted.probe, {"not_buildable", absl::StrCat("cannot build: ", spec.status().message())}});
    return;
  }
  std::string json = ToJson(*spec);
  NewJob job = MakeJob(*std::move(spec), std::move(json), terms);
  job.requirements.labels = LabelsFor(wanted);
  if (std::optional<Reason> withdrawn = WhyWithdrawn(known, job)) {
    plan.excluded.push_back({wanted.probe, *std::move(withdrawn)});
    return;
  }
  if (!known.unfinished.has_value() && IsKnownToFail(known, job)) {
    ++plan.known_to_fail;
    return;
  }
  if (known.unfinished.has_value()) ++plan.joining;
  plan.jobs.push_back(std::move(job));
}

absl::Status NotBuildable(absl::Status const& why) {
  return absl::FailedPreconditionError(absl::StrCat("cannot build: ", why.message()));
}

}  // namespace

absl::StatusOr<NewJob> PlanProbe(Offer const& offer, WantedProbe const& wanted,
                                 ProbeKnowledge const& known, JobTerms const& terms) {
  if (known.published) return absl::AlreadyExistsError("it is published");
  absl::StatusOr<BuildSpec> spec =
      MakeSpec(*wanted.driver, *wanted.kernel, wanted.probe.kind, offer.builders, offer.recipe);
  if (!spec.ok()) return NotBuildable(spec.status());
  std::string json = ToJson(*spec);
  NewJob job = MakeJob(*std::move(spec), std::move(json), terms);
  job.requirements.labels = LabelsFor(wanted);
  if (std::optional<Reason> const withdrawn = WhyWithdrawn(known, job))
    return absl::FailedPreconditionError(
        absl::StrCat("what these inputs made was ", withdrawn->text));
  if (known.unfinished || !IsKnownToFail(known, job)) return job;
  return absl::FailedPreconditionError(
      "it failed with the same inputs: `probefarm retry` builds that job once more");
}

absl::Duration RunLimitFor(BuildLimits const& limits) { return limits.timeout + kAroundTheBuild; }

absl::StatusOr<NewJob> PlanSpec(absl::string_view json, std::string const& driver_name, Lane lane) {
  ASSIGN_OR_RETURN(BuildSpecDocument document, ParseBuildSpecDocument(json));
  BuildSpec const& spec = document.spec;
  if (std::string const name = ProbeFileName(driver_name, spec.probe); name != spec.file_name) {
    return absl::InvalidArgumentError(
        absl::StrCat("file_name '", spec.file_name, "' is not what loaders ask for: ", name));
  }
  JobTerms const terms = {lane, RunLimitFor(spec.limits)};
  return MakeJob(std::move(document.spec), std::move(document.json), terms);
}

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
