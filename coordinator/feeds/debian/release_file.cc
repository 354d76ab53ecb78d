#include "coordinator/feeds/debian/release_file.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "coordinator/feeds/debian/control_field.h"
#include "lib/digest/hex.h"
#include "lib/runtime/status_macros.h"

namespace probefarm::debian {
namespace {

constexpr size_t kMaxIndexes = 50'000;

absl::StatusOr<absl::Time> ParseDate(absl::string_view name, absl::string_view text) {
  absl::string_view moment = text;
  std::string zone = "+0000";
  if (!absl::ConsumeSuffix(&moment, " UTC") && !absl::ConsumeSuffix(&moment, " GMT")) {
    size_t const space = moment.rfind(' ');
    if (space != absl::string_view::npos) zone = std::string(moment.substr(space + 1));
    moment = moment.substr(0, space);
  }
  absl::Time time;
  std::string error;
  if (absl::ParseTime("%a, %d %b %Y %H:%M:%S %z", absl::StrCat(moment, " ", zone), &time, &error))
    return time;
  return absl::DataLossError(absl::StrCat(name, " \"", text, "\": ", error));
}

absl::Status AddIndex(absl::string_view line, ReleaseFile& release) {
  std::vector<absl::string_view> const parts =
      absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  IndexDigest digest;
  if (parts.size() != 3 || !IsSha256Hex(parts[0]) || !absl::SimpleAtoi(parts[1], &digest.size) ||
      digest.size < 0) {
    return absl::DataLossError(absl::StrCat("SHA256 table: \"", line, "\""));
  }
  if (release.indexes.size() == kMaxIndexes)
    return absl::DataLossError(absl::StrCat("SHA256 table: more than ", kMaxIndexes, " files"));
  digest.sha256 = std::string(parts[0]);
  if (!release.indexes.emplace(std::string(parts[2]), std::move(digest)).second)
    return absl::DataLossError(absl::StrCat("SHA256 table: ", parts[2], " twice"));
  return absl::OkStatus();
}

using Fields = std::map<std::string, std::string>;

absl::StatusOr<Fields> ReadLines(absl::string_view text, ReleaseFile& release) {
  Fields fields;
  bool in_table = false;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::ConsumeSuffix(&line, "\r");
    if (in_table && IsContinuation(line)) RETURN_IF_ERROR(AddIndex(line, release));
    std::optional<ControlField> const field = ParseControlField(line);
    if (!field.has_value()) continue;
    in_table = field->name == "SHA256";
    if (!fields.emplace(std::string(field->name), std::string(field->value)).second)
      return absl::DataLossError(absl::StrCat("two fields ", field->name));
  }
  return fields;
}

absl::StatusOr<ReleaseFile> Parse(absl::string_view text) {
  ReleaseFile release;
  ASSIGN_OR_RETURN(Fields fields, ReadLines(text, release));
  release.suite = fields["Suite"];
  release.codename = fields["Codename"];
  if (release.suite.empty() && release.codename.empty())
    return absl::DataLossError("neither Suite nor Codename");
  if (release.indexes.empty()) return absl::DataLossError("no SHA256 table");
  release.by_hash = fields["Acquire-By-Hash"] == "yes";
  ASSIGN_OR_RETURN(release.date, ParseDate("Date", fields["Date"]));
  if (fields.contains("Valid-Until")) {
    ASSIGN_OR_RETURN(release.valid_until, ParseDate("Valid-Until", fields["Valid-Until"]));
  }
  return release;
}

std::string FormatDate(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", time, absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<ReleaseFile> ParseReleaseFile(absl::string_view text) {
  absl::StatusOr<ReleaseFile> release = Parse(text);
  if (!release.ok()) return Annotate(release.status(), "Release file");
  return release;
}

absl::Status CheckStillValid(ReleaseFile const& release, absl::Time now) {
  if (!release.valid_until.has_value() || now <= *release.valid_until) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(release.codename, " of ", FormatDate(release.date), " was valid until ",
                   FormatDate(*release.valid_until), ", now it is ", FormatDate(now),
                   ": use a mirror that is up to date, or allow this feed expired suites"));
}

}  // namespace probefarm::debian
