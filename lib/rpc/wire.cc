#include "lib/rpc/wire.h"

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

v1::Kind ToWire(Kind kind) { return kind == Kind::kBpf ? v1::KIND_BPF : v1::KIND_KMOD; }

v1::Arch ToWire(Arch arch) { return arch == Arch::kX86_64 ? v1::ARCH_X86_64 : v1::ARCH_AARCH64; }

v1::ProbeId ToWire(ProbeId const& probe) {
  v1::ProbeId wire;
  wire.set_driver_version(probe.driver_version);
  wire.set_arch(ToWire(probe.arch));
  wire.set_target(probe.target);
  wire.set_kernel_release(probe.kernel_release);
  wire.set_kernel_version(probe.kernel_version);
  wire.set_kind(ToWire(probe.kind));
  return wire;
}

google::protobuf::Timestamp ToWire(absl::Time time) {
  google::protobuf::Timestamp wire;
  int64_t const seconds = absl::ToUnixSeconds(time);
  wire.set_seconds(seconds);
  wire.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return wire;
}

google::protobuf::Duration ToWire(absl::Duration duration) {
  google::protobuf::Duration wire;
  int64_t const seconds = absl::ToInt64Seconds(duration);
  wire.set_seconds(seconds);
  wire.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration - absl::Seconds(seconds))));
  return wire;
}

absl::StatusOr<Kind> FromWire(v1::Kind kind) {
  if (kind == v1::KIND_BPF) return Kind::kBpf;
  if (kind == v1::KIND_KMOD) return Kind::kKmod;
  return absl::InvalidArgumentError(
      absl::StrCat("kind ", static_cast<int>(kind), " is neither bpf nor kmod"));
}

absl::StatusOr<Arch> FromWire(v1::Arch arch) {
  if (arch == v1::ARCH_X86_64) return Arch::kX86_64;
  if (arch == v1::ARCH_AARCH64) return Arch::kAarch64;
  return absl::InvalidArgumentError(
      absl::StrCat("arch ", static_cast<int>(arch), " is neither x86_64 nor aarch64"));
}

absl::StatusOr<ProbeId> FromWire(v1::ProbeId const& wire) {
  ProbeId probe;
  ASSIGN_OR_RETURN(probe.kind, FromWire(wire.kind()));
  ASSIGN_OR_RETURN(probe.arch, FromWire(wire.arch()));
  probe.driver_version = wire.driver_version();
  probe.target = wire.target();
  probe.kernel_release = wire.kernel_release();
  probe.kernel_version = wire.kernel_version();
  return probe;
}

absl::Time FromWire(google::protobuf::Timestamp const& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::Duration FromWire(google::protobuf::Duration const& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

}  // namespace probefarm
