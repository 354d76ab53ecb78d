#pragma once

#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// What is compiled: the legacy eBPF probe (`.o`) or the kernel module (`.ko`).
enum class Kind { kBpf, kKmod };

// "bpf" / "kmod", as on the command line, in JSON and in the database. Other names are
// INVALID_ARGUMENT.
absl::string_view KindName(Kind kind);
absl::StatusOr<Kind> ParseKind(absl::string_view name);
// "o" / "ko".
absl::string_view KindExtension(Kind kind);

// The machine of the host, by the kernel's name for it.
enum class Arch { kX86_64, kAarch64 };

// "x86_64" / "aarch64", as `uname -m` prints it and download URLs hold it. Other names, Debian's
// among them, are INVALID_ARGUMENT.
absl::string_view ArchName(Arch arch);
absl::StatusOr<Arch> ParseArch(absl::string_view name);
// "amd64" / "arm64", as Debian calls it.
absl::string_view DebianArchName(Arch arch);

// One cell of the matrix. Release and version are those of the *name* that a loader of this driver
// version asks for, which on Debian differ from `uname -r` from driver 5.0.1 on (see
// loader_name.h). Two probes are the same cell when all fields are equal; at most one unfinished
// job exists for each.
struct ProbeId {
  std::string driver_version;  // "8.0.0+driver", or a commit hash for old ones
  Arch arch = Arch::kX86_64;
  std::string target;          // "debian", "ubuntu-generic", …
  std::string kernel_release;  // "6.1.170-3-cloud-amd64"
  std::string kernel_version;  // "1"
  Kind kind = Kind::kBpf;

  // What makes the cell; refers to this.
  auto Key() const {
    return std::tie(driver_version, arch, target, kernel_release, kernel_version, kind);
  }
  friend bool operator==(ProbeId const& a, ProbeId const& b) { return a.Key() == b.Key(); }
  friend bool operator<(ProbeId const& a, ProbeId const& b) { return a.Key() < b.Key(); }
};

// "8.0.0+driver debian 6.1.170-3-cloud-amd64 #1 x86_64 bpf": for logs and messages.
std::string Describe(ProbeId const& probe);

}  // namespace probefarm
