#include "coordinator/releases/probe_reading.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/driver_version.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kShortHash = 8;

// Generations B to E have a rule of their own for these.
bool HasVersionWithUnderscore(absl::string_view target) {
  return target == "minikube" || target == "bottlerocket" || target == "talos";
}

bool IsKnownTarget(absl::string_view target) {
  static constexpr std::array<absl::string_view, 18> kTargets = {
      "alinux", "almalinux", "amazonlinux", "amazonlinux2", "amazonlinux2022", "amazonlinux2023",
      "arch",   "centos",    "cos",         "debian",       "fedora",          "flatcar",
      "ol",     "opensuse",  "photon",      "rhel",         "rocky",           "suse"};
  return absl::StartsWith(target, "ubuntu") ||
         std::find(kTargets.begin(), kTargets.end(), target) != kTargets.end();
}

struct ReleaseAndVersion {
  absl::string_view release;
  absl::string_view version;
};

absl::StatusOr<ReleaseAndVersion> Split(absl::string_view target, absl::string_view rest) {
  size_t const first = rest.find('_');
  if (first == absl::string_view::npos)
    return absl::InvalidArgumentError("it has no kernel version");
  size_t const last = rest.rfind('_');
  size_t const own_rule = HasVersionWithUnderscore(target) ? rest.find("_1_") : std::string::npos;
  if (own_rule != absl::string_view::npos)
    return ReleaseAndVersion{rest.substr(0, own_rule), rest.substr(own_rule + 1)};
  if (first != last && !IsKnownTarget(target))
    return absl::InvalidArgumentError(
        absl::StrCat("where the kernel version of '", target, "' begins cannot be told"));
  return ReleaseAndVersion{rest.substr(0, last), rest.substr(last + 1)};
}

absl::StatusOr<ProbeId> ReadName(absl::string_view driver_name, absl::string_view name) {
  ProbeId probe;
  if (!absl::ConsumePrefix(&name, absl::StrCat(driver_name, "_")))
    return absl::InvalidArgumentError(absl::StrCat("it does not begin with ", driver_name, "_"));
  if (absl::ConsumeSuffix(&name, ".ko")) {
    probe.kind = Kind::kKmod;
  } else if (!absl::ConsumeSuffix(&name, ".o")) {
    return absl::InvalidArgumentError("it ends neither in .o nor in .ko");
  }
  size_t const end = name.find('_');
  if (end == absl::string_view::npos) return absl::InvalidArgumentError("it has no kernel release");
  absl::string_view const target = name.substr(0, end);
  ASSIGN_OR_RETURN(ReleaseAndVersion const kernel, Split(target, name.substr(end + 1)));
  if (target.empty() || kernel.release.empty() || kernel.version.empty())
    return absl::InvalidArgumentError("a part of it is empty");
  probe.target = std::string(target);
  probe.kernel_release = std::string(kernel.release);
  probe.kernel_version = std::string(kernel.version);
  return probe;
}

// What distributions write at the end of a kernel release.
Arch ArchOfRelease(absl::string_view release) {
  bool const arm = absl::EndsWith(release, "arm64") || absl::EndsWith(release, "aarch64");
  return arm ? Arch::kAarch64 : Arch::kX86_64;
}

bool IsShortHash(absl::string_view tag) {
  return tag.size() == kShortHash &&
         std::all_of(tag.begin(), tag.end(), [](char c) { return absl::ascii_isxdigit(c); });
}

std::optional<Arch> TakeArch(absl::string_view& tag) {
  for (Arch const arch : {Arch::kX86_64, Arch::kAarch64})
    if (absl::ConsumeSuffix(&tag, absl::StrCat("/", ArchName(arch)))) return arch;
  return std::nullopt;
}

absl::Status ReadTag(std::vector<std::string> const& versions, absl::string_view tag,
                     ProbeId& probe) {
  absl::string_view version = tag;
  probe.arch = TakeArch(version).value_or(ArchOfRelease(probe.kernel_release));
  for (std::string const& known : versions) {
    probe.driver_version = known;
    if (ReleaseTag(probe) == tag) return absl::OkStatus();
  }
  RETURN_IF_ERROR(CheckDriverVersion(version));
  if (IsShortHash(version))
    return absl::InvalidArgumentError(
        absl::StrCat("no driver that is configured is the commit ", version, "…"));
  probe.driver_version = std::string(version);
  if (ReleaseTag(probe) == tag) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("loaders of driver ", version, " ask for it under ", ReleaseTag(probe)));
}

}  // namespace

absl::StatusOr<ProbeId> ReadProbe(absl::string_view driver_name,
                                  std::vector<std::string> const& versions, absl::string_view tag,
                                  absl::string_view asset_name) {
  ASSIGN_OR_RETURN(ProbeId probe, ReadName(driver_name, asset_name));
  RETURN_IF_ERROR(ReadTag(versions, tag, probe));
  return probe;
}

}  // namespace probefarm
