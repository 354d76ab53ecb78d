#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/releases/withdrawer.h"
#include "probefarm/v1/catalog.pb.h"

namespace probefarm {

// CatalogService.WithdrawProbe. Blocks, as Withdrawer does, whose errors these are;
// INVALID_ARGUMENT also for an arch that is none.
absl::Status WithdrawProbe(Withdrawer& withdrawer, v1::WithdrawProbeRequest const& request,
                           v1::WithdrawProbeResponse& response);

}  // namespace probefarm
