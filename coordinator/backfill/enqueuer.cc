#include "coordinator/backfill/enqueuer.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "coordinator/planning/plan.h"
#include "coordinator/planning/wanted.h"
#include "coordinator/store/await.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// What an offer has of the driver versions that are wished for.
class WishedProbes {
 public:
  // Answers are kept for each version: one that the offer does not have harms no other.
  void Look(Offer const& offer, std::string const& driver_version) {
    auto const [at, is_new] = refused_.try_emplace(driver_version);
    if (!is_new) return;
    absl::StatusOr<WantedProbes> found = FindWanted(offer, {.driver_version = driver_version});
    if (!found.ok()) {
      at->second = found.status();
      return;
    }
    for (WantedProbe& wanted : found->wanted) wanted_.emplace(wanted.probe, wanted);
    for (ExcludedProbe& excluded : found->excluded)
      excluded_.emplace(excluded.probe, excluded.reason.text);
  }

  absl::StatusOr<WantedProbe> Find(ProbeId const& probe) const {
    RETURN_IF_ERROR(refused_.at(probe.driver_version));
    if (auto const found = wanted_.find(probe); found != wanted_.end()) return found->second;
    if (auto const found = excluded_.find(probe); found != excluded_.end())
      return absl::FailedPreconditionError(found->second);
    return absl::NotFoundError(absl::StrCat(
        "no feed has the kernel of ", Describe(probe),
        ": `probefarm kernels` lists those that are known, and release and version are those of "
        "the probe's name"));
  }

 private:
  std::map<std::string, absl::Status> refused_;
  std::map<ProbeId, WantedProbe> wanted_;
  std::map<ProbeId, std::string> excluded_;
};

}  // namespace

bool Enqueuer::Blocks(std::vector<EnqueueWish> const& wishes) {
  return std::any_of(wishes.begin(), wishes.end(),
                     [](EnqueueWish const& wish) { return std::holds_alternative<ProbeId>(wish); });
}

absl::StatusOr<NewJob> Enqueuer::PlanOne(ClientSpec const& spec, Lane lane) const {
  if (!options_.accept_specs) {
    return absl::PermissionDeniedError(
        "this coordinator takes no specs from clients: jobs.accept_specs in its configuration lets "
        "it");
  }
  return PlanSpec(spec.json, options_.driver_name, lane);
}

std::vector<absl::StatusOr<NewJob>> Enqueuer::Plan(std::vector<EnqueueWish> const& wishes,
                                                   Lane lane) {
  std::vector<absl::StatusOr<NewJob>> jobs;
  jobs.reserve(wishes.size());
  for (EnqueueWish const& wish : wishes) {
    auto const* spec = std::get_if<ClientSpec>(&wish);
    jobs.push_back(spec != nullptr ? PlanOne(*spec, lane) : absl::UnknownError("not planned"));
  }
  if (!Blocks(wishes)) return jobs;
  absl::Status const planned = PlanProbes(wishes, lane, jobs);
  for (size_t i = 0; i < wishes.size() && !planned.ok(); ++i) {
    if (std::holds_alternative<ProbeId>(wishes[i])) jobs[i] = planned;
  }
  return jobs;
}

absl::Status Enqueuer::PlanProbes(std::vector<EnqueueWish> const& wishes, Lane lane,
                                  std::vector<absl::StatusOr<NewJob>>& jobs) {
  ASSIGN_OR_RETURN(Offer const offer, offer_());
  std::vector<ProbeId> probes;
  WishedProbes wished;
  for (EnqueueWish const& wish : wishes) {
    auto const* probe = std::get_if<ProbeId>(&wish);
    if (probe == nullptr) continue;
    probes.push_back(*probe);
    wished.Look(offer, probe->driver_version);
  }
  ASSIGN_OR_RETURN(auto const known, Await<std::vector<ProbeKnowledge>>([&](auto done) {
                     store_.FindProbes(probes, std::move(done));
                   }));
  if (known.size() != probes.size()) return absl::InternalError("the store answered other probes");
  JobTerms const terms = {lane, RunLimitFor(offer.recipe.limits)};
  size_t next = 0;
  for (size_t i = 0; i < wishes.size(); ++i) {
    if (!std::holds_alternative<ProbeId>(wishes[i])) continue;
    absl::StatusOr<WantedProbe> const wanted = wished.Find(probes[next]);
    jobs[i] = wanted.ok() ? PlanProbe(offer, *wanted, known[next], terms) : wanted.status();
    ++next;
  }
  return absl::OkStatus();
}

}  // namespace probefarm
