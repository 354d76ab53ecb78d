#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/api/status_call.h"
#include "coordinator/leasing/phase_board.h"
#include "coordinator/scheduling/explanation.h"
#include "coordinator/store/store.h"
#include "lib/runtime/clock.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

// What JobService.Explain works with. All of it outlives the call.
struct ExplainCall {
  Store& store;
  PhaseBoard& phases;
  Clock& clock;
  ServerFacts const& facts;

  // Asks store and release host, and blocks on them. NOT_FOUND.
  absl::Status Fill(JobId id, v1::ExplainResponse& response) const;
  absl::StatusOr<Surroundings> SurroundingsOf(Job const& job) const;
};

}  // namespace probefarm
