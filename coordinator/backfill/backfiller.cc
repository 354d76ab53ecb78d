#include "coordinator/backfill/backfiller.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/planning/wanted.h"
#include "coordinator/store/await.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Specs are made and enqueued in pieces: a backfill of the whole matrix never sits in memory, and
// leases go on between.
constexpr size_t kPiece = 500;

std::string Describe(ProbeFilter const& filter) {
  std::string text;
  auto const add = [&](absl::string_view name, absl::AlphaNum const& value) {
    if (!value.Piece().empty()) absl::StrAppend(&text, text.empty() ? "" : " ", name, "=", value);
  };
  add("driver", filter.driver_version);
  add("target", filter.target);
  add("kernel", filter.kernel_regex);
  add("kind", filter.kind ? KindName(*filter.kind) : "");
  add("arch", filter.arch ? ArchName(*filter.arch) : "");
  add("newest", filter.newest > 0 ? absl::StrCat(filter.newest) : "");
  return text.empty() ? "everything" : text;
}

std::vector<ProbeId> ProbesOf(absl::Span<WantedProbe const> wanted) {
  std::vector<ProbeId> probes;
  probes.reserve(wanted.size());
  for (WantedProbe const& probe : wanted) probes.push_back(probe.probe);
  return probes;
}

}  // namespace

Backfiller::Backfiller(Store& store, InventoryBoard& inventory,
                       std::function<absl::Status()> reconcile, std::vector<BuilderImage> builders,
                       RecipeOptions recipe)
    : store_(store),
      inventory_(inventory),
      reconcile_(std::move(reconcile)),
      builders_(std::move(builders)),
      recipe_(std::move(recipe)) {}

absl::StatusOr<BackfillResult> Backfiller::Run(BackfillOrder const& order) {
  ASSIGN_OR_RETURN(Offer const offer, PresentOffer());
  ASSIGN_OR_RETURN(WantedProbes wanted, FindWanted(offer, order.filter));
  if (absl::Status const compared = reconcile_(); !compared.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the catalog cannot be compared with the release host now: ", compared.message()));
  }
  BackfillResult result;
  result.excluded = std::move(wanted.excluded);
  absl::Span<WantedProbe const> rest(wanted.wanted);
  while (!rest.empty()) {
    absl::Span<WantedProbe const> const piece = rest.subspan(0, kPiece);
    rest.remove_prefix(piece.size());
    ASSIGN_OR_RETURN(Plan plan, PlanPiece(offer, piece));
    RETURN_IF_ERROR(Enqueue(std::move(plan), order, result));
  }
  Log(LogLevel::kInfo, order.dry_run ? "backfill planned" : "backfill enqueued",
      {{"backfill", result.backfill},
       {"filter", Describe(order.filter)},
       {"enqueued", result.enqueued},
       {"joined", result.joined},
       {"published", result.already_published},
       {"known_to_fail", result.known_to_fail},
       {"excluded", result.excluded.size()}});
  return result;
}

absl::StatusOr<Offer> Backfiller::PresentOffer() const {
  std::shared_ptr<Inventory const> const inventory = inventory_.Get();
  Offer offer;
  offer.kernels = AllKernels(*inventory);
  for (DriverState const& driver : inventory->drivers) {
    if (driver.source) offer.drivers.push_back(*driver.source);
  }
  offer.builders = builders_;
  offer.recipe = recipe_;
  if (offer.kernels.empty() || offer.drivers.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("no ", offer.kernels.empty() ? "kernel feed" : "driver source",
                     " has been read yet: `probefarm status` shows how they are"));
  }
  return offer;
}

absl::StatusOr<Plan> Backfiller::PlanPiece(Offer const& offer,
                                           absl::Span<WantedProbe const> wanted) {
  ASSIGN_OR_RETURN(auto const known, Await<std::vector<ProbeKnowledge>>([&](auto done) {
                     store_.FindProbes(ProbesOf(wanted), std::move(done));
                   }));
  return MakePlan(offer, wanted, known, {Lane::kBackfill, RunLimitFor(recipe_.limits)});
}

absl::Status Backfiller::Enqueue(Plan plan, BackfillOrder const& order, BackfillResult& result) {
  result.already_published += plan.published;
  result.known_to_fail += plan.known_to_fail;
  std::move(plan.excluded.begin(), plan.excluded.end(), std::back_inserter(result.excluded));
  if (order.dry_run) {
    result.joined += plan.joining;
    result.enqueued += static_cast<int64_t>(plan.jobs.size()) - plan.joining;
    return absl::OkStatus();
  }
  if (plan.jobs.empty()) return absl::OkStatus();
  if (result.backfill == 0) {
    ASSIGN_OR_RETURN(result.backfill, Await<BackfillId>([&](auto done) {
                       store_.CreateBackfill(Describe(order.filter), std::move(done));
                     }));
  }
  std::vector<ProbeId> probes;
  for (NewJob const& job : plan.jobs) probes.push_back(job.probe);
  ASSIGN_OR_RETURN(
      auto const answers, Await<std::vector<absl::StatusOr<EnqueuedJob>>>([&](auto done) {
        store_.Enqueue(
            {{std::move_iterator(plan.jobs.begin()), std::move_iterator(plan.jobs.end())},
             /*idempotency_key=*/"",
             result.backfill},
            std::move(done));
      }));
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].ok()) {
      result.excluded.push_back(
          {probes[i], {"refused", std::string(answers[i].status().message())}});
    } else {
      ++(answers[i]->joined ? result.joined : result.enqueued);
    }
  }
  return absl::OkStatus();
}

}  // namespace probefarm
