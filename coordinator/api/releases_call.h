#pragma once

#include "coordinator/releases/reconciler.h"
#include "probefarm/v1/catalog.pb.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

// What the reconciler found, for the wire. Pure. Lists are cut off after LeftAloneList::kKept.
v1::ReleaseSummary SummaryOf(ReconcileReport const& report);
v1::GetReleasesResponse ToWire(ReconcileReport const& report);

}  // namespace probefarm
