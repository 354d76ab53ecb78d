#include "client/commands/wishes.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "lib/driver/probe.h"
#include "lib/rpc/wire.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using nlohmann::json;

absl::StatusOr<std::string> Text(json const& object, char const* key) {
  auto const found = object.find(key);
  if (found == object.end() || !found->is_string())
    return absl::InvalidArgumentError(absl::StrCat(".", key, ": is no text"));
  return found->get<std::string>();
}

absl::StatusOr<ProbeId> ReadProbe(json const& object) {
  if (!object.is_object()) return absl::InvalidArgumentError(": is no object");
  ProbeId probe;
  ASSIGN_OR_RETURN(probe.driver_version, Text(object, "driver_version"));
  ASSIGN_OR_RETURN(probe.target, Text(object, "target"));
  ASSIGN_OR_RETURN(probe.kernel_release, Text(object, "kernel_release"));
  ASSIGN_OR_RETURN(probe.kernel_version, Text(object, "kernel_version"));
  ASSIGN_OR_RETURN(std::string const arch, Text(object, "arch"));
  ASSIGN_OR_RETURN(std::string const kind, Text(object, "kind"));
  absl::StatusOr<Arch> const known_arch = ParseArch(arch);
  absl::StatusOr<Kind> const known_kind = ParseKind(kind);
  if (!known_arch.ok()) return absl::InvalidArgumentError(absl::StrCat(".arch: ", arch));
  if (!known_kind.ok()) return absl::InvalidArgumentError(absl::StrCat(".kind: ", kind));
  probe.arch = *known_arch;
  probe.kind = *known_kind;
  return probe;
}

}  // namespace

absl::StatusOr<std::vector<v1::EnqueueEntry>> ReadWishes(std::string const& json) {
  nlohmann::json const list = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!list.is_array()) return absl::InvalidArgumentError("is no JSON array");
  std::vector<v1::EnqueueEntry> entries;
  for (nlohmann::json const& object : list) {
    absl::StatusOr<ProbeId> const probe = ReadProbe(object);
    if (!probe.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("[", entries.size(), "]", probe.status().message()));
    }
    *entries.emplace_back().mutable_probe() = ToWire(*probe);
  }
  return entries;
}

std::string DescribeWish(v1::EnqueueEntry const& entry) {
  if (entry.has_spec()) return absl::StrCat("a spec of ", entry.spec().size(), " bytes");
  absl::StatusOr<ProbeId> const probe = FromWire(entry.probe());
  return probe.ok() ? Describe(*probe) : "no probe";
}

}  // namespace probefarm
