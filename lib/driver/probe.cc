#include "lib/driver/probe.h"

#include "absl/strings/str_cat.h"

namespace probefarm {

absl::string_view KindName(Kind kind) { return kind == Kind::kBpf ? "bpf" : "kmod"; }

absl::StatusOr<Kind> ParseKind(absl::string_view name) {
  if (name == "bpf") return Kind::kBpf;
  if (name == "kmod") return Kind::kKmod;
  return absl::InvalidArgumentError(absl::StrCat("unknown kind '", name, "': it is bpf or kmod"));
}

absl::string_view KindExtension(Kind kind) { return kind == Kind::kBpf ? "o" : "ko"; }

absl::string_view ArchName(Arch arch) { return arch == Arch::kX86_64 ? "x86_64" : "aarch64"; }

absl::StatusOr<Arch> ParseArch(absl::string_view name) {
  if (name == "x86_64") return Arch::kX86_64;
  if (name == "aarch64") return Arch::kAarch64;
  return absl::InvalidArgumentError(
      absl::StrCat("unknown arch '", name, "': it is x86_64 or aarch64"));
}

absl::string_view DebianArchName(Arch arch) { return arch == Arch::kX86_64 ? "amd64" : "arm64"; }

std::string Describe(ProbeId const& probe) {
  return absl::StrCat(probe.driver_version, " ", probe.target, " ", probe.kernel_release, " #",
                      probe.kernel_version, " ", ArchName(probe.arch), " ", KindName(probe.kind));
}

}  // namespace probefarm
