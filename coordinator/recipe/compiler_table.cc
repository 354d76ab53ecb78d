#include "coordinator/recipe/compiler_table.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Takes the digits at the start of `text`; nothing when there is none, or too many.
std::optional<int> ConsumeNumber(absl::string_view& text) {
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
  int number = 0;
  if (!absl::SimpleAtoi(text.substr(0, digits), &number)) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

absl::StatusOr<KernelSeries> SeriesOf(absl::string_view release) {
  absl::string_view rest = release;
  std::optional<int> const major = ConsumeNumber(rest);
  if (!major.has_value())
    return absl::InvalidArgumentError(
        absl::StrCat("kernel release '", release, "' does not start with a number"));
  int const minor = absl::ConsumePrefix(&rest, ".") ? ConsumeNumber(rest).value_or(0) : 0;
  return KernelSeries{*major, minor};
}

std::optional<CompilerRule> RuleFor(std::vector<CompilerRule> const& table, KernelSeries series) {
  std::optional<CompilerRule> last;
  for (CompilerRule const& rule : table) {
    if (rule.first <= series && (!last.has_value() || last->first < rule.first)) last = rule;
  }
  return last;
}

std::optional<int> HighestUpTo(int limit, std::vector<int> const& versions) {
  std::optional<int> highest;
  for (int const version : versions) {
    if (version <= limit && version > highest.value_or(0)) highest = version;
  }
  return highest;
}

}  // namespace

std::vector<CompilerRule> DefaultCompilers() {
  return {{{4, 0}, 8}, {{5, 0}, 11}, {{5, 15}, 12}, {{6, 5}, 13}, {{6, 9}, 14}};
}

absl::StatusOr<int> ChooseGcc(std::vector<CompilerRule> const& table,
                              absl::string_view kernel_release, std::vector<int> const& available) {
  ASSIGN_OR_RETURN(KernelSeries const series, SeriesOf(kernel_release));
  std::optional<CompilerRule> const rule = RuleFor(table, series);
  if (!rule.has_value())
    return absl::FailedPreconditionError(
        absl::StrCat("no compiler is configured for kernel ", kernel_release));
  if (std::optional<int> const gcc = HighestUpTo(rule->gcc, available)) return *gcc;
  return absl::FailedPreconditionError(absl::StrCat("kernel ", kernel_release, " needs gcc ",
                                                    rule->gcc, " or older; there is ",
                                                    absl::StrJoin(available, ", ")));
}

}  // namespace probefarm
