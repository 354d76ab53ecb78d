#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "lib/driver/probe.h"
#include "probefarm/v1/types.pb.h"

namespace probefarm {

// Between domain types and generated messages, for what both ends of the wire need. Pure. Towards
// the domain enumerations are checked: INVALID_ARGUMENT says which one has what number, an unset or
// a newer one. Strings and times carry over as they are: whoever uses them checks them.

v1::Kind ToWire(Kind kind);
v1::Arch ToWire(Arch arch);
v1::ProbeId ToWire(ProbeId const& probe);
google::protobuf::Timestamp ToWire(absl::Time time);
google::protobuf::Duration ToWire(absl::Duration duration);

absl::StatusOr<Kind> FromWire(v1::Kind kind);
absl::StatusOr<Arch> FromWire(v1::Arch arch);
absl::StatusOr<ProbeId> FromWire(v1::ProbeId const& probe);
// An unset message is the Unix epoch, or no time at all, as protobuf has it. Exact to the
// nanosecond, both ways; what is sent is finite.
absl::Time FromWire(google::protobuf::Timestamp const& time);
absl::Duration FromWire(google::protobuf::Duration const& duration);

}  // namespace probefarm
