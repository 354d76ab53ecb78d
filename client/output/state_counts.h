#pragma once

#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

using StateCounts = google::protobuf::RepeatedPtrField<v1::StateCount>;

int64_t CountIn(StateCounts const& counts, v1::JobState state);
// FAILED and DEAD.
int64_t CountUnsuccessful(StateCounts const& counts);
// "7/12 done: 6 published, 1 failed, 2 leased, 3 queued": states with no job are left out.
std::string ProgressText(StateCounts const& counts);

}  // namespace probefarm
