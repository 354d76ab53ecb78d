#pragma once

#include <string>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "probefarm/v1/types.pb.h"

namespace probefarm {

// How values of the wire are written for people and in JSON. Values that this client does not know
// are numbers.
std::string StateName(v1::JobState state);
std::string KindName(v1::Kind kind);
std::string ArchName(v1::Arch arch);
std::string PhaseName(v1::LeasePhase phase);

// "2026-11-22T14:00:00Z"; empty when it is not set.
std::string TimeText(google::protobuf::Timestamp const& time);
// "1.4 MB".
std::string SizeText(int64_t bytes);

}  // namespace probefarm
