#include "lib/index/provenance.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/build/build_spec.h"
#include "lib/digest/hex.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Json = nlohmann::ordered_json;

// In-toto's media type in a DSSE envelope, and the two schemas' names.
constexpr char kPayloadType[] = "application/vnd.in-toto+json";
constexpr char kStatementType[] = "https://in-toto.io/Statement/v1";
constexpr char kPredicateType[] = "https://slsa.dev/provenance/v1";
// What `externalParameters` mean: docs/build-spec.md.
constexpr char kBuildType[] = "urn:probefarm:build-spec:1";
constexpr char kBuilderId[] = "urn:probefarm:worker";

Json Dependency(Input const& input) {
  Json dependency = {{"name", input.name}, {"digest", {{"sha256", input.sha256}}}};
  if (!input.urls.empty()) dependency["uri"] = input.urls.front();
  return dependency;
}

Json Dependencies(BuildSpec const& spec) {
  Json list = Json::array({Dependency(spec.image.archive)});
  for (ArchiveInput const& archive : spec.headers) list.push_back(Dependency(archive.file));
  for (ArchiveInput const& archive : spec.source) list.push_back(Dependency(archive.file));
  return list;
}

Json StatementOf(Provenance const& provenance, BuildSpec const& spec) {
  std::string const published_at =
      absl::FormatTime(absl::RFC3339_sec, provenance.published_at, absl::UTCTimeZone());
  return {{"_type", kStatementType},
          {"subject", Json::array({{{"name", provenance.asset_name},
                                    {"digest", {{"sha256", provenance.sha256}}}}})},
          {"predicateType", kPredicateType},
          {"predicate",
           {{"buildDefinition",
             {{"buildType", kBuildType},
              {"externalParameters", {{"spec", provenance.spec}}},
              {"internalParameters", {{"worker", provenance.worker}}},
              {"resolvedDependencies", Dependencies(spec)}}},
            {"runDetails",
             {{"builder", {{"id", kBuilderId}}},
              {"metadata",
               {{"invocationId", absl::StrCat("job/", provenance.job, "/", provenance.epoch)},
                {"finishedOn", published_at}}}}}}}};
}

absl::Status ReadInvocation(absl::string_view id, Provenance& read) {
  std::vector<absl::string_view> const parts = absl::StrSplit(id, '/');
  if (parts.size() == 3 && parts[0] == "job" && absl::SimpleAtoi(parts[1], &read.job) &&
      absl::SimpleAtoi(parts[2], &read.epoch)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("invocationId is not job/NUMBER/EPOCH");
}

// nlohmann's own errors name what is missing or of another type.
absl::StatusOr<Provenance> ReadStatement(Json const& statement) {
  Provenance read;
  if (statement.at("_type") != kStatementType || statement.at("predicateType") != kPredicateType)
    return absl::InvalidArgumentError("not an in-toto statement about SLSA provenance");
  Json const& subject = statement.at("subject").at(0);
  read.asset_name = subject.at("name").get<std::string>();
  read.sha256 = subject.at("digest").at("sha256").get<std::string>();
  if (!IsSha256Hex(read.sha256)) return absl::InvalidArgumentError("the subject has no SHA-256");
  Json const& definition = statement.at("predicate").at("buildDefinition");
  if (definition.at("buildType") != kBuildType)
    return absl::InvalidArgumentError("buildType is not a build spec's");
  read.spec = definition.at("externalParameters").at("spec").get<std::string>();
  read.worker = definition.at("internalParameters").at("worker").get<std::string>();
  Json const& metadata = statement.at("predicate").at("runDetails").at("metadata");
  RETURN_IF_ERROR(ReadInvocation(metadata.at("invocationId").get<std::string>(), read));
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_sec, metadata.at("finishedOn").get<std::string>(),
                       &read.published_at, &error))
    return absl::InvalidArgumentError(absl::StrCat("finishedOn: ", error));
  return read;
}

absl::StatusOr<Provenance> ReadPayload(DsseEnvelope const& envelope) {
  if (envelope.payload_type != kPayloadType)
    return absl::InvalidArgumentError("not an envelope of an in-toto statement");
  Json const statement = Json::parse(envelope.payload, nullptr, /*allow_exceptions=*/false);
  if (statement.is_discarded()) return absl::InvalidArgumentError("the payload is not JSON");
  return ReadStatement(statement);
}

}  // namespace

absl::StatusOr<std::string> RenderProvenance(Provenance const& provenance, SigningKey const* key) {
  ASSIGN_OR_RETURN(BuildSpec const spec, ParseBuildSpec(provenance.spec));
  std::string payload =
      StatementOf(provenance, spec).dump(-1, ' ', false, Json::error_handler_t::replace);
  ASSIGN_OR_RETURN(DsseEnvelope const envelope, SignDsse(kPayloadType, std::move(payload), key));
  return absl::StrCat(RenderDsse(envelope), "\n");
}

absl::StatusOr<Provenance> ParseProvenance(absl::string_view line) {
  absl::StatusOr<DsseEnvelope> const envelope = ParseDsse(line);
  if (!envelope.ok()) return Annotate(envelope.status(), "provenance");
  return ProvenanceIn(*envelope);
}

absl::StatusOr<Provenance> ProvenanceIn(DsseEnvelope const& envelope) {
  try {
    absl::StatusOr<Provenance> read = ReadPayload(envelope);
    if (!read.ok()) return Annotate(read.status(), "provenance");
    return read;
  } catch (Json::exception const& error) {
    return absl::InvalidArgumentError(absl::StrCat("provenance: ", error.what()));
  }
}

}  // namespace probefarm
