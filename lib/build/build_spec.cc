#include "lib/build/build_spec.h"

#include "lib/build/json_writer.h"
#include "lib/digest/sha256.h"

namespace probefarm {
namespace {

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

void WriteText(JsonWriter& out, absl::string_view key, absl::string_view text) {
  out.Key(key);
  out.String(text);
}

void WriteInt(JsonWriter& out, absl::string_view key, int64_t number) {
  out.Key(key);
  out.Int(number);
}

void WriteEnv(JsonWriter& out, std::map<std::string, std::string> const& env) {
  out.Key("env");
  out.StartObject();
  for (auto const& [name, value] : env) WriteText(out, name, value);
  out.EndObject();
}

void WriteExpectation(JsonWriter& out, ArtifactExpectation const& expect) {
  out.Key("expect");
  out.StartObject();
  WriteText(out, "driver_version", expect.driver_version);
  WriteText(out, "kernel_release", expect.kernel_release);
  out.EndObject();
}

void WriteInput(JsonWriter& out, absl::string_view key, Input const& input) {
  out.Key(key);
  out.StartObject();
  WriteText(out, "name", input.name);
  WriteText(out, "sha256", input.sha256);
  WriteInt(out, "size", input.size);
  out.Key("urls");
  out.StartArray();
  for (std::string const& url : input.urls) out.String(url);
  out.EndArray();
  out.EndObject();
}

void WriteArchive(JsonWriter& out, ArchiveInput const& archive) {
  out.StartObject();
  WriteInput(out, "file", archive.file);
  WriteText(out, "format", FormatName(archive.format));
  WriteText(out, "strip_prefix", archive.strip_prefix);
  out.EndObject();
}

// What an archive brings into its tree, wherever it was had from.
void WriteContent(JsonWriter& out, ArchiveInput const& archive) {
  out.StartObject();
  WriteText(out, "format", FormatName(archive.format));
  WriteText(out, "sha256", archive.file.sha256);
  WriteText(out, "strip_prefix", archive.strip_prefix);
  out.EndObject();
}

void WriteEach(JsonWriter& out, absl::string_view key, std::vector<ArchiveInput> const& archives,
               void (*write)(JsonWriter&, ArchiveInput const&)) {
  out.Key(key);
  out.StartArray();
  for (ArchiveInput const& archive : archives) write(out, archive);
  out.EndArray();
}

void WriteImage(JsonWriter& out, ImageInput const& image) {
  out.Key("image");
  out.StartObject();
  WriteInput(out, "archive", image.archive);
  WriteText(out, "fingerprint", image.fingerprint);
  WriteText(out, "id", image.id);
  out.EndObject();
}

void WriteLimits(JsonWriter& out, BuildLimits const& limits) {
  out.Key("limits");
  out.StartObject();
  out.Key("cpus");
  out.Double(limits.cpus);
  WriteInt(out, "log_bytes", limits.log_bytes);
  WriteInt(out, "memory_bytes", limits.memory_bytes);
  WriteInt(out, "output_bytes", limits.output_bytes);
  WriteInt(out, "processes", limits.processes);
  WriteInt(out, "timeout_seconds", absl::ToInt64Seconds(limits.timeout));
  out.EndObject();
}

void WriteProbe(JsonWriter& out, ProbeId const& probe) {
  out.Key("probe");
  out.StartObject();
  WriteText(out, "arch", ArchName(probe.arch));
  WriteText(out, "driver_version", probe.driver_version);
  WriteText(out, "kernel_release", probe.kernel_release);
  WriteText(out, "kernel_version", probe.kernel_version);
  WriteText(out, "kind", KindName(probe.kind));
  WriteText(out, "target", probe.target);
  out.EndObject();
}

}  // namespace

std::string ToJson(BuildSpec const& spec) {
  JsonWriter out;
  out.StartObject();
  WriteEnv(out, spec.env);
  WriteExpectation(out, spec.expect);
  WriteText(out, "file_name", spec.file_name);
  WriteEach(out, "headers", spec.headers, WriteArchive);
  WriteImage(out, spec.image);
  WriteLimits(out, spec.limits);
  WriteText(out, "output", spec.output);
  WriteProbe(out, spec.probe);
  WriteText(out, "script", spec.script);
  WriteEach(out, "source", spec.source, WriteArchive);
  out.EndObject();
  return out.Take() + "\n";
}

std::string InputsFingerprint(BuildSpec const& spec) {
  JsonWriter out;
  out.StartObject();
  WriteEnv(out, spec.env);
  WriteExpectation(out, spec.expect);
  WriteEach(out, "headers", spec.headers, WriteContent);
  WriteText(out, "output", spec.output);
  WriteText(out, "script", spec.script);
  WriteEach(out, "source", spec.source, WriteContent);
  WriteText(out, "toolchain", spec.image.fingerprint);
  out.EndObject();
  return Sha256Hex(out.Take() + "\n");
}

}  // namespace probefarm
