#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/build/bounds.h"
#include "lib/build/build_spec.h"
#include "lib/build/json_document.h"
#include "lib/build/json_value.h"
#include "lib/build/parse_input.h"
#include "lib/driver/driver_version.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxVariables = 64;

bool IsVariableName(absl::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

absl::StatusOr<std::map<std::string, std::string>> ParseEnv(JsonValue const& value) {
  ASSIGN_OR_RETURN(std::vector<std::string> const names, value.Keys(kMaxVariables));
  std::map<std::string, std::string> env;
  for (std::string const& name : names) {
    if (!IsVariableName(name)) {
      return value.Refuse(
          absl::StrCat("'", absl::Utf8SafeCHexEscape(name), "' is not a variable's name"));
    }
    ASSIGN_OR_RETURN(env[name], value.At(name.c_str()).String());
    if (absl::StrContains(env[name], '\0')) return value.At(name.c_str()).Refuse("holds a NUL");
  }
  return env;
}

absl::StatusOr<BuildLimits> ParseLimits(JsonValue const& value) {
  RETURN_IF_ERROR(value.CheckKeys(
      {"cpus", "log_bytes", "memory_bytes", "output_bytes", "processes", "timeout_seconds"}));
  BuildLimits limits;
  ASSIGN_OR_RETURN(limits.cpus, value.At("cpus").Number(kMinBuildCpus, kMaxBuildCpus));
  ASSIGN_OR_RETURN(limits.log_bytes, value.At("log_bytes").Int(1, kMaxBuildLogBytes));
  ASSIGN_OR_RETURN(limits.memory_bytes, value.At("memory_bytes").Int(1, kMaxBuildMemoryBytes));
  ASSIGN_OR_RETURN(limits.output_bytes, value.At("output_bytes").Int(1, kMaxBuildOutputBytes));
  ASSIGN_OR_RETURN(int64_t const processes, value.At("processes").Int(1, kMaxBuildProcesses));
  limits.processes = static_cast<int>(processes);
  ASSIGN_OR_RETURN(int64_t const seconds,
                   value.At("timeout_seconds").Int(1, absl::ToInt64Seconds(kMaxBuildTimeout)));
  limits.timeout = absl::Seconds(seconds);
  return limits;
}

absl::StatusOr<std::string> ParseDriverVersion(JsonValue const& value) {
  ASSIGN_OR_RETURN(std::string version, value.String());
  RETURN_IF_ERROR(value.Check(CheckDriverVersion(version)));
  return version;
}

absl::StatusOr<ArtifactExpectation> ParseExpectation(JsonValue const& value) {
  RETURN_IF_ERROR(value.CheckKeys({"driver_version", "kernel_release"}));
  ArtifactExpectation expect;
  ASSIGN_OR_RETURN(expect.driver_version, ParseDriverVersion(value.At("driver_version")));
  ASSIGN_OR_RETURN(expect.kernel_release, value.At("kernel_release").String());
  return expect;
}

// One of a few names: a kind, an arch.
template <class T>
absl::StatusOr<T> ParseName(JsonValue const& value, absl::StatusOr<T> (*parse)(absl::string_view)) {
  ASSIGN_OR_RETURN(std::string const name, value.String());
  absl::StatusOr<T> parsed = parse(name);
  RETURN_IF_ERROR(value.Check(parsed.status()));
  return parsed;
}

absl::StatusOr<ProbeId> ParseProbe(JsonValue const& value) {
  RETURN_IF_ERROR(value.CheckKeys(
      {"arch", "driver_version", "kernel_release", "kernel_version", "kind", "target"}));
  ProbeId probe;
  ASSIGN_OR_RETURN(probe.arch, ParseName(value.At("arch"), ParseArch));
  ASSIGN_OR_RETURN(probe.driver_version, ParseDriverVersion(value.At("driver_version")));
  ASSIGN_OR_RETURN(probe.kernel_release, value.At("kernel_release").String());
  ASSIGN_OR_RETURN(probe.kernel_version, value.At("kernel_version").String());
  ASSIGN_OR_RETURN(probe.kind, ParseName(value.At("kind"), ParseKind));
  ASSIGN_OR_RETURN(probe.target, value.At("target").String());
  return probe;
}

absl::StatusOr<BuildSpec> ParseSpec(JsonValue const& value) {
  RETURN_IF_ERROR(value.CheckKeys({"env", "expect", "file_name", "headers", "image", "limits",
                                   "output", "probe", "script", "source"}));
  BuildSpec spec;
  ASSIGN_OR_RETURN(spec.probe, ParseProbe(value.At("probe")));
  ASSIGN_OR_RETURN(spec.file_name, ParseFileName(value.At("file_name")));
  ASSIGN_OR_RETURN(spec.image, ParseImage(value.At("image")));
  ASSIGN_OR_RETURN(spec.headers, ParseArchives(value.At("headers")));
  ASSIGN_OR_RETURN(spec.source, ParseArchives(value.At("source")));
  ASSIGN_OR_RETURN(spec.script, value.At("script").String());
  ASSIGN_OR_RETURN(spec.env, ParseEnv(value.At("env")));
  ASSIGN_OR_RETURN(spec.output, ParsePathInTree(value.At("output")));
  ASSIGN_OR_RETURN(spec.limits, ParseLimits(value.At("limits")));
  ASSIGN_OR_RETURN(spec.expect, ParseExpectation(value.At("expect")));
  return spec;
}

absl::StatusOr<BuildSpec> ParseText(absl::string_view json) {
  ASSIGN_OR_RETURN(JsonDocument const document, ParseJson(json));
  return ParseSpec(JsonValue(document.root()));
}

}  // namespace

absl::StatusOr<BuildSpec> ParseBuildSpec(absl::string_view json) {
  absl::StatusOr<BuildSpec> spec = ParseText(json);
  if (!spec.ok()) return Annotate(spec.status(), "build spec");
  return spec;
}

absl::StatusOr<BuildSpecDocument> ParseBuildSpecDocument(absl::string_view json) {
  ASSIGN_OR_RETURN(BuildSpec spec, ParseBuildSpec(json));
  std::string written = ToJson(spec);
  return BuildSpecDocument{std::move(spec), std::move(written)};
}

}  // namespace probefarm
