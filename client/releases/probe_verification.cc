#include "client/releases/probe_verification.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Thousands of lines, a build spec in each.
constexpr int64_t kMaxProvenance = int64_t{1} << 30;

absl::Status CheckIdentity(ProbeQuestion const& question, IndexedProbe const& indexed) {
  ProbeId const& probe = indexed.probe;
  bool const other_driver =
      !question.driver_version.empty() && probe.driver_version != question.driver_version;
  if (!other_driver && (!question.arch || probe.arch == *question.arch)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("what is published is another probe: ", Describe(probe)));
}

absl::Status CheckFile(std::string const& file, IndexedProbe const& indexed,
                       ReleaseRecord const& record, std::vector<PublicKey> const& keys) {
  ASSIGN_OR_RETURN(std::string const sha256, Sha256OfFile(file));
  if (sha256 == indexed.sha256) return absl::OkStatus();
  // What had the name before.
  RETURN_IF_ERROR(CheckNotWithdrawn(record, indexed.asset_name, keys, sha256));
  return absl::DataLossError(absl::StrCat(file, " is not what was published: its SHA-256 is ",
                                          sha256, ", ", kSha256SumsName, " lists ",
                                          indexed.sha256));
}

absl::Status CheckPublished(ReleaseReader& reader, IndexedProbe const& indexed) {
  absl::StatusOr<std::string> const sha256 = reader.AssetSha256(indexed.asset_name, indexed.size);
  std::string const url = reader.UrlOf(indexed.asset_name);
  if (absl::IsResourceExhausted(sha256.status()))
    return absl::DataLossError(
        absl::StrCat(url, " is larger than the ", indexed.size, " bytes that were published"));
  RETURN_IF_ERROR(sha256.status());
  if (*sha256 == indexed.sha256) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(url, " is not what was published: its SHA-256 is ",
                                          *sha256, ", ", kSha256SumsName, " lists ",
                                          indexed.sha256));
}

absl::StatusOr<SignedProvenance> ReadProvenance(ReleaseReader& reader, IndexedProbe const& indexed,
                                                std::vector<PublicKey> const& keys) {
  ProvenanceSearch search(indexed.asset_name, indexed.sha256, keys);
  absl::Status const read = reader.StreamSideFile(
      kProvenanceName, kMaxProvenance, [&](absl::string_view piece) { return search.Add(piece); });
  if (absl::IsNotFound(read))
    return absl::DataLossError(absl::StrCat("the provenance is missing: ", read.message()));
  RETURN_IF_ERROR(read);
  return search.Finish();
}

absl::StatusOr<BuildSpec> SpecOf(Provenance const& provenance, IndexedProbe const& indexed) {
  absl::StatusOr<BuildSpec> spec = ParseBuildSpec(provenance.spec);
  if (!spec.ok())
    return absl::DataLossError(absl::StrCat("the build spec in the provenance of ",
                                            indexed.asset_name, ": ", spec.status().message()));
  if (spec->probe == indexed.probe) return spec;
  return absl::DataLossError(absl::StrCat("the provenance of ", indexed.asset_name,
                                          " is of another probe: ", Describe(spec->probe)));
}

}  // namespace

absl::StatusOr<VerifiedProbe> VerifyProbe(HttpClient& http, ProbeQuestion const& question) {
  ASSIGN_OR_RETURN(FoundRelease found, FindRelease(http, question.release));
  VerifiedProbe verified;
  verified.repository = found.reader.repository();
  verified.tag = found.reader.tag();
  verified.release_key_id = found.record.key_id;
  ASSIGN_OR_RETURN(verified.indexed, IndexedAsset(found.record, question.release.asset_name));
  RETURN_IF_ERROR(CheckIdentity(question, verified.indexed));
  RETURN_IF_ERROR(question.file.empty() ? CheckPublished(found.reader, verified.indexed)
                                        : CheckFile(question.file, verified.indexed, found.record,
                                                    question.release.keys));
  ASSIGN_OR_RETURN(SignedProvenance signed_provenance,
                   ReadProvenance(found.reader, verified.indexed, question.release.keys));
  ASSIGN_OR_RETURN(verified.spec, SpecOf(signed_provenance.provenance, verified.indexed));
  verified.provenance_key_id = std::move(signed_provenance.key_id);
  verified.provenance = std::move(signed_provenance.provenance);
  return verified;
}

}  // namespace probefarm
