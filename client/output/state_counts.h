#pragma once

#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

// How many jobs are in each state, as the coordinator counts them; a state that is not in it has
// none. All here is pure.
using StateCounts = google::protobuf::RepeatedPtrField<v1::StateCount>;

int64_t CountIn(StateCounts const& counts, v1::JobState state);
// FAILED and DEAD: the states in which a probe that is wanted cannot be had. CANCELLED and SKIPPED
// do not count.
int64_t CountUnsuccessful(StateCounts const& counts);
// "7/12 done: 6 published, 1 failed, 2 leased, 3 queued": done is what has come to a final state,
// those stand first; states with no job are left out. "0/0 done" without a job.
std::string ProgressText(StateCounts const& counts);

}  // namespace probefarm
