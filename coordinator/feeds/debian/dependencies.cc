#include "coordinator/feeds/debian/dependencies.h"

#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "coordinator/feeds/debian/version_compare.h"
#include "lib/runtime/status_macros.h"

namespace probefarm::debian {
namespace {

using Operator = std::pair<absl::string_view, VersionRelation>;

// Longer ones first: `<` is also how `<<` begins.
constexpr std::array<Operator, 7> kOperators = {{{"<<", VersionRelation::kEarlier},
                                                 {"<=", VersionRelation::kAtMost},
                                                 {">=", VersionRelation::kAtLeast},
                                                 {">>", VersionRelation::kLater},
                                                 {"=", VersionRelation::kEqual},
                                                 {"<", VersionRelation::kAtMost},
                                                 {">", VersionRelation::kAtLeast}}};

absl::string_view OperatorText(VersionRelation relation) {
  for (Operator const& known : kOperators)
    if (known.second == relation) return known.first;
  return "";
}

bool IsPackageName(absl::string_view name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789+-._") == absl::string_view::npos;
}

bool IsVersion(absl::string_view version) {
  return !version.empty() && version.find_first_of(" \t()|,") == absl::string_view::npos;
}

// What stands between the parentheses.
absl::Status ParseRestriction(absl::string_view text, Dependency& dependency) {
  for (Operator const& known : kOperators) {
    if (!absl::ConsumePrefix(&text, known.first)) continue;
    absl::string_view const version = absl::StripAsciiWhitespace(text);
    if (!IsVersion(version)) break;
    dependency.relation = known.second;
    dependency.version = std::string(version);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("not a version restriction");
}

absl::StatusOr<Dependency> ParseDependency(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  std::pair<absl::string_view, absl::string_view> const parts =
      absl::StrSplit(text, absl::MaxSplits('(', 1));
  Dependency dependency;
  std::pair<absl::string_view, absl::string_view> const name =
      absl::StrSplit(absl::StripAsciiWhitespace(parts.first), absl::MaxSplits(':', 1));
  if (!IsPackageName(name.first)) return absl::InvalidArgumentError("not a package name");
  dependency.package = std::string(name.first);
  if (parts.first.size() == text.size()) return dependency;

  absl::string_view restriction = parts.second;
  if (!absl::ConsumeSuffix(&restriction, ")"))
    return absl::InvalidArgumentError("no closing parenthesis");
  RETURN_IF_ERROR(ParseRestriction(absl::StripAsciiWhitespace(restriction), dependency));
  return dependency;
}

absl::StatusOr<Alternatives> ParseClause(absl::string_view clause) {
  Alternatives alternatives;
  for (absl::string_view const text : absl::StrSplit(clause, '|')) {
    absl::StatusOr<Dependency> dependency = ParseDependency(text);
    if (!dependency.ok())
      return Annotate(dependency.status(), absl::StrCat("dependency \"", clause, "\""));
    alternatives.push_back(*std::move(dependency));
  }
  return alternatives;
}

}  // namespace

absl::StatusOr<std::vector<Alternatives>> ParseDependencies(absl::string_view depends) {
  std::vector<Alternatives> clauses;
  for (absl::string_view const clause : absl::StrSplit(depends, ',', absl::SkipWhitespace())) {
    ASSIGN_OR_RETURN(Alternatives alternatives, ParseClause(absl::StripAsciiWhitespace(clause)));
    clauses.push_back(std::move(alternatives));
  }
  return clauses;
}

bool Satisfies(Dependency const& dependency, absl::string_view version) {
  if (dependency.relation == VersionRelation::kAny) return true;
  int const order = CompareVersions(version, dependency.version);
  switch (dependency.relation) {
    case VersionRelation::kEarlier:
      return order < 0;
    case VersionRelation::kAtMost:
      return order <= 0;
    case VersionRelation::kEqual:
      return order == 0;
    case VersionRelation::kAtLeast:
      return order >= 0;
    case VersionRelation::kLater:
      return order > 0;
    case VersionRelation::kAny:
      return true;
  }
  return false;
}

std::string ToString(Dependency const& dependency) {
  if (dependency.relation == VersionRelation::kAny) return dependency.package;
  return absl::StrCat(dependency.package, " (", OperatorText(dependency.relation), " ",
                      dependency.version, ")");
}

std::string ToString(Alternatives const& alternatives) {
  return absl::StrJoin(alternatives, " | ", [](std::string* out, Dependency const& dependency) {
    absl::StrAppend(out, ToString(dependency));
  });
}

}  // namespace probefarm::debian
