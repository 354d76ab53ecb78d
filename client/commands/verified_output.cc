#include "client/commands/verified_output.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/index/side_file_names.h"

namespace probefarm {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kLabelWidth = 13;

// "label        text", on a terminal that obeys nothing that others wrote.
void Line(std::ostream& out, std::string label, absl::string_view text) {
  label.resize(kLabelWidth, ' ');
  out << label << absl::Utf8SafeCHexEscape(text) << '\n';
}

std::string Named(Input const& input) {
  return absl::StrCat(input.name, "  sha256:", input.sha256);
}

std::string TimeOf(Provenance const& provenance) {
  return absl::FormatTime(absl::RFC3339_sec, provenance.published_at, absl::UTCTimeZone());
}

void PrintProvenance(VerifiedProbe const& verified, std::ostream& out) {
  ProbeId const& probe = verified.spec.probe;
  Line(out, "driver", probe.driver_version);
  Line(out, "kernel",
       absl::StrCat(probe.target, " ", probe.kernel_release, " #", probe.kernel_version, ", ",
                    ArchName(probe.arch), ", ", KindName(probe.kind)));
  Line(out, "builder", Named(verified.spec.image.archive));
  for (ArchiveInput const& source : verified.spec.source) Line(out, "source", Named(source.file));
  for (ArchiveInput const& headers : verified.spec.headers)
    Line(out, "headers", Named(headers.file));
  Line(out, "built",
       absl::StrCat("by worker ", verified.provenance.worker, ", job ", verified.provenance.job,
                    ", run ", verified.provenance.epoch));
  Line(out, "published", TimeOf(verified.provenance));
}

Json ToJson(Input const& input) { return {{"name", input.name}, {"sha256", input.sha256}}; }

Json ToJson(std::vector<ArchiveInput> const& archives) {
  Json list = Json::array();
  for (ArchiveInput const& archive : archives) list.push_back(ToJson(archive.file));
  return list;
}

}  // namespace

void PrintVerified(VerifiedProbe const& verified, std::string const& bytes, std::ostream& out) {
  Line(out, "signature",
       absl::StrCat(kSha256SumsName, " of release ", verified.tag, " is signed with key ",
                    verified.release_key_id));
  Line(out, "index", absl::StrCat(kIndexName, " is the one that it lists, and of that release"));
  Line(out, "digest", absl::StrCat(verified.indexed.sha256, " as listed: ", bytes));
  Line(out, "provenance",
       absl::StrCat("signed with key ", verified.provenance_key_id, ", and of these bytes"));
  PrintProvenance(verified, out);
}

Json ToJson(VerifiedProbe const& verified) {
  ProbeId const& probe = verified.spec.probe;
  return {{"asset_name", verified.indexed.asset_name},
          {"repository", verified.repository.url},
          {"tag", verified.tag},
          {"sha256", verified.indexed.sha256},
          {"size", verified.indexed.size},
          {"release_key", verified.release_key_id},
          {"provenance_key", verified.provenance_key_id},
          {"driver_version", probe.driver_version},
          {"target", probe.target},
          {"kernel_release", probe.kernel_release},
          {"kernel_version", probe.kernel_version},
          {"arch", ArchName(probe.arch)},
          {"kind", KindName(probe.kind)},
          {"builder", ToJson(verified.spec.image.archive)},
          {"source", ToJson(verified.spec.source)},
          {"headers", ToJson(verified.spec.headers)},
          {"job", verified.provenance.job},
          {"epoch", verified.provenance.epoch},
          {"worker", verified.provenance.worker},
          {"published_at", TimeOf(verified.provenance)}};
}

}  // namespace probefarm
