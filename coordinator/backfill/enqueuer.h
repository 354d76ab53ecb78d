#pragma once

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/planning/offer.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/store.h"
#include "lib/driver/probe.h"

namespace probefarm {

// A build spec as a client made it; see docs/build-spec.md.
struct ClientSpec {
  std::string json;
};

// One thing that a client wants built: a probe of a kernel that a feed knows, or what a spec says.
using EnqueueWish = std::variant<ProbeId, ClientSpec>;

struct EnqueuerOptions {
  std::string driver_name;
  // Whoever may enqueue a spec decides what runs in the builders and what is published.
  bool accept_specs = false;
};

// Makes jobs of single wishes; the Backfiller makes them of filters. Thread-safe.
class Enqueuer {
 public:
  // `offer` answers what could be built now, as Backfiller::PresentOffer() does.
  Enqueuer(Store& store, std::function<absl::StatusOr<Offer>()> offer, EnqueuerOptions options)
      : store_(store), offer_(std::move(offer)), options_(std::move(options)) {}

  // Whether Plan() would ask the store, and so block.
  static bool Blocks(std::vector<EnqueueWish> const& wishes);

  // A job or a refusal for each wish, in order. NOT_FOUND: no feed has that kernel.
  // PERMISSION_DENIED: a spec, and these are not taken. The rest is PlanProbe()'s and PlanSpec()'s.
  std::vector<absl::StatusOr<NewJob>> Plan(std::vector<EnqueueWish> const& wishes, Lane lane);

 private:
  absl::StatusOr<NewJob> PlanOne(ClientSpec const& spec, Lane lane) const;
  // Fills in those of the wishes that are probes. An error is that of all of them.
  absl::Status PlanProbes(std::vector<EnqueueWish> const& wishes, Lane lane,
                          std::vector<absl::StatusOr<NewJob>>& jobs);

  Store& store_;
  std::function<absl::StatusOr<Offer>()> const offer_;
  EnqueuerOptions const options_;
};

}  // namespace probefarm
