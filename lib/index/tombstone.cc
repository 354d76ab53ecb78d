#include "lib/index/tombstone.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/build/utf8.h"
#include "lib/digest/hex.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxText = size_t{4} << 20;
constexpr char kPayloadType[] = "application/vnd.in-toto+json";
constexpr char kStatementType[] = "https://in-toto.io/Statement/v1";
constexpr char kPredicateType[] = "urn:probefarm:withdrawal:1";

std::string TimeText(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
}

std::string Dump(Json const& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json FieldsOf(Tombstone const& tombstone) {
  ProbeId const& probe = tombstone.probe;
  return {{"tag", tombstone.tag},
          {"name", tombstone.file_name},
          {"asset", tombstone.asset_name},
          {"sha256", tombstone.sha256},
          {"size", tombstone.size},
          {"driver_version", probe.driver_version},
          {"target", probe.target},
          {"kernel_release", probe.kernel_release},
          {"kernel_version", probe.kernel_version},
          {"arch", ArchName(probe.arch)},
          {"kind", KindName(probe.kind)},
          {"inputs", tombstone.inputs},
          {"reason", tombstone.reason},
          {"published_at", TimeText(tombstone.published_at)},
          {"withdrawn_at", TimeText(tombstone.withdrawn_at)}};
}

Json StatementOf(Tombstone const& tombstone) {
  return {
      {"_type", kStatementType},
      {"subject",
       Json::array({{{"name", tombstone.asset_name}, {"digest", {{"sha256", tombstone.sha256}}}}})},
      {"predicateType", kPredicateType},
      {"predicate", FieldsOf(tombstone)}};
}

// Characters of two and three bytes, as UTF-8 has them, that are no text: C1 controls, the line
// and paragraph separators, and what turns the direction of writing.
bool HidesText(absl::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    auto const at = [&](size_t offset) {
      return i + offset < text.size() ? static_cast<unsigned char>(text[i + offset]) : 0U;
    };
    if (at(0) == 0xC2 && at(1) >= 0x80 && at(1) <= 0x9F) return true;
    if (at(0) != 0xE2) continue;
    if (at(1) == 0x80 && at(2) >= 0xA8 && at(2) <= 0xAE) return true;  // U+2028 to U+202E
    if (at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9) return true;  // U+2066 to U+2069
  }
  return false;
}

absl::StatusOr<absl::Time> ReadTime(Json const& json, char const* key) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_sec, json.at(key).get<std::string>(), &time, &error))
    return time;
  return absl::InvalidArgumentError(absl::StrCat(key, ": ", error));
}

absl::Status CheckDigests(Tombstone const& read) {
  if (!IsSha256Hex(read.sha256))
    return absl::InvalidArgumentError(absl::StrCat("'", read.sha256, "' is no SHA-256"));
  if (!read.inputs.empty() && !IsSha256Hex(read.inputs))
    return absl::InvalidArgumentError(absl::StrCat("inputs: '", read.inputs, "' is no SHA-256"));
  return absl::OkStatus();
}

// nlohmann's own errors name what is missing or of another type.
absl::StatusOr<Tombstone> ReadFields(Json const& json) {
  Tombstone read;
  read.tag = json.at("tag").get<std::string>();
  read.file_name = json.at("name").get<std::string>();
  read.asset_name = json.at("asset").get<std::string>();
  read.sha256 = json.at("sha256").get<std::string>();
  read.size = json.at("size").get<int64_t>();
  read.probe.driver_version = json.at("driver_version").get<std::string>();
  read.probe.target = json.at("target").get<std::string>();
  read.probe.kernel_release = json.at("kernel_release").get<std::string>();
  read.probe.kernel_version = json.at("kernel_version").get<std::string>();
  ASSIGN_OR_RETURN(read.probe.arch, ParseArch(json.at("arch").get<std::string>()));
  ASSIGN_OR_RETURN(read.probe.kind, ParseKind(json.at("kind").get<std::string>()));
  read.inputs = json.at("inputs").get<std::string>();
  read.reason = json.at("reason").get<std::string>();
  ASSIGN_OR_RETURN(read.published_at, ReadTime(json, "published_at"));
  ASSIGN_OR_RETURN(read.withdrawn_at, ReadTime(json, "withdrawn_at"));
  RETURN_IF_ERROR(CheckDigests(read));
  RETURN_IF_ERROR(CheckWithdrawalReason(read.reason));
  return read;
}

absl::StatusOr<Tombstone> ReadStatement(DsseEnvelope const& envelope) {
  if (envelope.payload_type != kPayloadType)
    return absl::InvalidArgumentError("its statement is not an in-toto statement");
  Json const json = Json::parse(envelope.payload, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return absl::InvalidArgumentError("its statement is not JSON");
  if (json.at("_type") != kStatementType || json.at("predicateType") != kPredicateType)
    return absl::InvalidArgumentError("its statement is not one about a withdrawal");
  ASSIGN_OR_RETURN(Tombstone read, ReadFields(json.at("predicate")));
  Json const& subject = json.at("subject").at(0);
  if (subject.at("name") != read.asset_name || subject.at("digest").at("sha256") != read.sha256)
    return absl::InvalidArgumentError("its statement is about another asset");
  return read;
}

absl::StatusOr<SignedTombstone> ReadEntry(Json const& json) {
  SignedTombstone entry;
  ASSIGN_OR_RETURN(entry.tombstone, ReadFields(json));
  ASSIGN_OR_RETURN(entry.statement, ParseDsse(Dump(json.at("statement"))));
  ASSIGN_OR_RETURN(Tombstone const stated, ReadStatement(entry.statement));
  if (stated == entry.tombstone) return entry;
  return absl::InvalidArgumentError(
      absl::StrCat("of ", entry.tombstone.asset_name, " the statement says otherwise"));
}

}  // namespace

absl::Status CheckWithdrawalReason(absl::string_view reason) {
  if (absl::StripAsciiWhitespace(reason).empty())
    return absl::InvalidArgumentError("the reason is empty: say why, for those who look for it");
  if (reason.size() > kMaxWithdrawalReason)
    return absl::InvalidArgumentError(absl::StrCat("the reason has ", reason.size(),
                                                   " bytes, it may have ", kMaxWithdrawalReason));
  bool const controls = std::any_of(reason.begin(), reason.end(), absl::ascii_iscntrl);
  if (controls || !IsUtf8(reason) || HidesText(reason))
    return absl::InvalidArgumentError(
        "the reason is not one line of text: it has control characters, or is not UTF-8");
  return absl::OkStatus();
}

std::string WithdrawnText(absl::Time withdrawn_at, absl::string_view reason) {
  return absl::StrCat("withdrawn on ",
                      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", withdrawn_at, absl::UTCTimeZone()),
                      ": ", reason);
}

absl::StatusOr<SignedTombstone> SignTombstone(Tombstone tombstone, SigningKey const* key) {
  SignedTombstone entry;
  ASSIGN_OR_RETURN(entry.statement, SignDsse(kPayloadType, Dump(StatementOf(tombstone)), key));
  entry.tombstone = std::move(tombstone);
  return entry;
}

std::string RenderTombstone(SignedTombstone const& entry) {
  Json json = FieldsOf(entry.tombstone);
  json["statement"] = Json::parse(RenderDsse(entry.statement));
  return Dump(json);
}

absl::StatusOr<SignedTombstone> ParseTombstone(absl::string_view text) {
  if (text.size() > kMaxText) return absl::InvalidArgumentError("tombstone: more than 4 MB");
  Json const json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return absl::InvalidArgumentError("tombstone: not JSON");
  try {
    absl::StatusOr<SignedTombstone> entry = ReadEntry(json);
    if (!entry.ok()) return Annotate(entry.status(), "tombstone");
    return entry;
  } catch (Json::exception const& error) {
    return absl::InvalidArgumentError(absl::StrCat("tombstone: ", error.what()));
  }
}

}  // namespace probefarm
