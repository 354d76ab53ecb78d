#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/build/bounds.h"
#include "lib/build/build_spec.h"
#include "lib/build/json_value.h"
#include "lib/build/parse_input.h"
#include "lib/driver/driver_version.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxDocumentBytes = size_t{1} << 20;
constexpr size_t kMaxVariables = 64;
constexpr int64_t kMaxBrackets = 10'000;  // those of a script count too

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
    if (env[name].find('\0') != std::string::npos)
      return value.At(name.c_str()).Refuse("holds a NUL");
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

// A key that stands twice would let two readers see two specs.
class DuplicateKeys {
 public:
  void See(Json::parse_event_t event, Json const& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key && !open_.back().insert(parsed).second) found_ = true;
  }
  bool found() const { return found_; }

 private:
  std::vector<std::set<std::string>> open_;
  bool found_ = false;
};

struct Document {
  Json json;
  bool comes_out_the_same = false;  // written again it gives the same bytes
};

// Writing a document recurses, and where it comes from outside it may be as deep as it is long.
bool MayBeDeep(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; }) >
         kMaxBrackets;
}

// The usual case, in half the time: of a key that stands twice only one comes out again, so what
// comes out as it went in has none.
std::optional<Json> ParseCanonical(absl::string_view text) {
  if (MayBeDeep(text)) return std::nullopt;
  Json document = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return std::nullopt;
  std::string const written = document.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (absl::StrCat(written, "\n") != text) return std::nullopt;
  return document;
}

absl::StatusOr<Json> ParseWithCare(absl::string_view text) {
  DuplicateKeys duplicates;
  auto const see = [&duplicates](int, Json::parse_event_t event, Json const& parsed) {
    duplicates.See(event, parsed);
    return true;
  };
  try {
    Json document = Json::parse(text.begin(), text.end(), see);
    if (duplicates.found()) return absl::InvalidArgumentError("a key stands twice in an object");
    return document;
  } catch (Json::exception const& error) {
    return absl::InvalidArgumentError(absl::StrCat("not JSON: ", error.what()));
  }
}

absl::StatusOr<Document> ParseDocument(absl::string_view text) {
  if (text.size() > kMaxDocumentBytes)
    return absl::InvalidArgumentError("the document is larger than 1 MB");
  if (std::optional<Json> canonical = ParseCanonical(text))
    return Document{*std::move(canonical), true};
  ASSIGN_OR_RETURN(Json document, ParseWithCare(text));
  return Document{std::move(document)};
}

}  // namespace

absl::StatusOr<BuildSpec> ParseBuildSpec(absl::string_view json) {
  absl::StatusOr<Document> const document = ParseDocument(json);
  if (!document.ok()) return Annotate(document.status(), "build spec");
  absl::StatusOr<BuildSpec> spec = ParseSpec(JsonValue(document->json));
  if (!spec.ok()) return Annotate(spec.status(), "build spec");
  return spec;
}

absl::StatusOr<BuildSpecDocument> ParseBuildSpecDocument(absl::string_view json) {
  absl::StatusOr<Document> const document = ParseDocument(json);
  if (!document.ok()) return Annotate(document.status(), "build spec");
  absl::StatusOr<BuildSpec> spec = ParseSpec(JsonValue(document->json));
  if (!spec.ok()) return Annotate(spec.status(), "build spec");
  // Of the numbers only this one may be written in two ways.
  bool const canonical =
      document->comes_out_the_same && document->json["limits"]["cpus"].is_number_float();
  std::string written = canonical ? std::string(json) : ToJson(*spec);
  return BuildSpecDocument{*std::move(spec), std::move(written)};
}

}  // namespace probefarm
