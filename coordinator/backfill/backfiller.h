#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "coordinator/inventory/inventory.h"
#include "coordinator/planning/plan.h"
#include "coordinator/planning/probe_filter.h"
#include "coordinator/store/store.h"

namespace probefarm {

// A client's wish; an empty filter means everything that the farm knows.
struct BackfillOrder {
  ProbeFilter filter;
  bool dry_run = false;  // count, enqueue nothing
};

// Every probe that the filter means is counted in one of these.
struct BackfillResult {
  BackfillId backfill = 0;  // 0: there was nothing to do, or it was a dry run
  int64_t enqueued = 0;
  int64_t joined = 0;  // unfinished jobs that were there
  int64_t already_published = 0;
  int64_t known_to_fail = 0;
  std::vector<ExcludedProbe> excluded;
};

// Plans what a filter means and enqueues the difference to what is there. The same order again
// enqueues nothing twice: published probes and known failures are left out, unfinished jobs joined.
// Thread-safe; calls block on the store.
//
// A large order is planned and enqueued in pieces, each in a transaction: leases go on meanwhile,
// and an order that is interrupted has enqueued its first pieces. Given again, it joins them.
class Backfiller {
 public:
  // `reconcile` brings the catalog up to what the release host holds; an order does not go by an
  // older picture. It may block. `store` and `inventory` must outlive this; builders and recipe are
  // as configured.
  Backfiller(Store& store, InventoryBoard& inventory, std::function<absl::Status()> reconcile,
             std::vector<BuilderImage> builders, RecipeOptions recipe);

  // INVALID_ARGUMENT: a filter that means nothing. FAILED_PRECONDITION: no feed or driver source
  // has been read yet, or the release host cannot be compared with the catalog. Jobs that the store
  // refuses are excluded as "refused". A dry run counts as of now and changes nothing but what
  // `reconcile` does.
  absl::StatusOr<BackfillResult> Run(BackfillOrder const& order);

  // The inventory as it is now, with the drivers whose source is known. FAILED_PRECONDITION as
  // Run().
  absl::StatusOr<Offer> PresentOffer() const;

 private:
  absl::StatusOr<Plan> PlanPiece(Offer const& offer, absl::Span<WantedProbe const> wanted);
  // Adds to the result what became of the piece; makes the backfill with the first job.
  absl::Status Enqueue(Plan plan, BackfillOrder const& order, BackfillResult& result);

  Store& store_;
  InventoryBoard& inventory_;
  std::function<absl::Status()> const reconcile_;
  std::vector<BuilderImage> const builders_;
  RecipeOptions const recipe_;
};

}  // namespace probefarm
