#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "lib/driver/probe.h"
#include "probefarm/v1/types.pb.h"

namespace probefarm {

// Between domain types and generated messages, for what both ends of the wire need. Towards the
// domain everything is checked: INVALID_ARGUMENT names the field.

v1::Kind ToWire(Kind kind);
v1::Arch ToWire(Arch arch);
v1::ProbeId ToWire(ProbeId const& probe);
google::protobuf::Timestamp ToWire(absl::Time time);
google::protobuf::Duration ToWire(absl::Duration duration);

absl::StatusOr<Kind> FromWire(v1::Kind kind);
absl::StatusOr<Arch> FromWire(v1::Arch arch);
absl::StatusOr<ProbeId> FromWire(v1::ProbeId const& probe);
// An unset message is the Unix epoch, as protobuf has it.
absl::Time FromWire(google::protobuf::Timestamp const& time);
absl::Duration FromWire(google::protobuf::Duration const& duration);

}  // namespace probefarm
