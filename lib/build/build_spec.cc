#include "lib/build/build_spec.h"

#include <nlohmann/json.hpp>

#include "lib/digest/sha256.h"

namespace probefarm {
namespace {

using Json = nlohmann::json;

std::string Text(absl::string_view view) { return std::string(view); }

absl::string_view FormatName(ArchiveFormat format) {
  switch (format) {
    case ArchiveFormat::kDeb:
      return "deb";
    case ArchiveFormat::kRpm:
      return "rpm";
    case ArchiveFormat::kTar:
      break;
  }
  return "tar";
}

Json ToJsonValue(ProbeId const& probe) {
  return {{"arch", Text(ArchName(probe.arch))},     {"driver_version", probe.driver_version},
          {"kernel_release", probe.kernel_release}, {"kernel_version", probe.kernel_version},
          {"kind", Text(KindName(probe.kind))},     {"target", probe.target}};
}

Json ToJsonValue(Input const& input) {
  return {
      {"name", input.name}, {"sha256", input.sha256}, {"size", input.size}, {"urls", input.urls}};
}

Json ToJsonValue(ImageInput const& image) {
  return {{"archive", ToJsonValue(image.archive)},
          {"fingerprint", image.fingerprint},
          {"id", image.id}};
}

Json ToJsonValue(std::vector<ArchiveInput> const& archives) {
  Json list = Json::array();
  for (ArchiveInput const& archive : archives) {
    list.push_back({{"file", ToJsonValue(archive.file)},
                    {"format", Text(FormatName(archive.format))},
                    {"strip_prefix", archive.strip_prefix}});
  }
  return list;
}

Json ToJsonValue(BuildLimits const& limits) {
  return {{"cpus", limits.cpus},
          {"log_bytes", limits.log_bytes},
          {"memory_bytes", limits.memory_bytes},
          {"output_bytes", limits.output_bytes},
          {"processes", limits.processes},
          {"timeout_seconds", absl::ToInt64Seconds(limits.timeout)}};
}

Json ToJsonValue(ArtifactExpectation const& expect) {
  return {{"driver_version", expect.driver_version}, {"kernel_release", expect.kernel_release}};
}

// What an archive brings into its tree, wherever it was had from.
Json Contents(std::vector<ArchiveInput> const& archives) {
  Json list = Json::array();
  for (ArchiveInput const& archive : archives) {
    list.push_back({{"format", Text(FormatName(archive.format))},
                    {"sha256", archive.file.sha256},
                    {"strip_prefix", archive.strip_prefix}});
  }
  return list;
}

// Names come from feeds too: bytes that are not UTF-8 must not throw.
std::string Dump(Json const& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string ToJson(BuildSpec const& spec) {
  return Dump({{"env", Json(spec.env)},
               {"expect", ToJsonValue(spec.expect)},
               {"file_name", spec.file_name},
               {"headers", ToJsonValue(spec.headers)},
               {"image", ToJsonValue(spec.image)},
               {"limits", ToJsonValue(spec.limits)},
               {"output", spec.output},
               {"probe", ToJsonValue(spec.probe)},
               {"script", spec.script},
               {"source", ToJsonValue(spec.source)}});
}

std::string InputsFingerprint(BuildSpec const& spec) {
  return Sha256Hex(Dump({{"env", Json(spec.env)},
                         {"expect", ToJsonValue(spec.expect)},
                         {"headers", Contents(spec.headers)},
                         {"output", spec.output},
                         {"script", spec.script},
                         {"source", Contents(spec.source)},
                         {"toolchain", spec.image.fingerprint}}));
}

}  // namespace probefarm
