#pragma once

#include <string>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "probefarm/v1/types.pb.h"

namespace probefarm {

// How values of the wire are written for people and in JSON: the enumerator's name in lower case,
// less its prefix, which is what the command line takes. Values that this client does not know, of
// a newer coordinator, are numbers. All here is pure.
std::string StateName(v1::JobState state);    // "queued"
std::string KindName(v1::Kind kind);          // "bpf"
std::string ArchName(v1::Arch arch);          // "x86_64"
std::string PhaseName(v1::LeasePhase phase);  // "building"; empty when there is none

// "2026-11-22T14:00:00Z": RFC 3339 in UTC, whole seconds. Empty when it is not set.
std::string TimeText(google::protobuf::Timestamp const& time);
// "1.4 MB", "512 B": powers of 1000, for people.
std::string SizeText(int64_t bytes);
// The first twelve digits of each image id: "0123456789ab,cd01…"; "any" when there is none.
std::string BuildersText(google::protobuf::RepeatedPtrField<std::string> const& ids);

}  // namespace probefarm
