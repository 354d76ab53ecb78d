#include "lib/index/sha256sums.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/digest/hex.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxText = size_t{64} << 20;
constexpr size_t kHexDigits = 64;
constexpr char kSeparator[] = "  ";

absl::Status CheckLine(Sha256SumsLine const& line) {
  RETURN_IF_ERROR(CheckFileName(line.name));
  if (absl::StrContains(line.name, '\\'))
    return absl::InvalidArgumentError(absl::StrCat("'", line.name, "' holds a backslash"));
  if (!IsSha256Hex(line.sha256))
    return absl::InvalidArgumentError(absl::StrCat("'", absl::CHexEscape(line.sha256), "' (of '",
                                                   line.name, "') is not a SHA-256"));
  return absl::OkStatus();
}

absl::Status CheckOrder(std::vector<Sha256SumsLine> const& lines, Sha256SumsLine const& next) {
  if (lines.empty() || lines.back().name < next.name) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", next.name, "' follows '", lines.back().name,
                   "': names must be unique and in the order of their bytes"));
}

absl::StatusOr<Sha256SumsLine> ParseLine(absl::string_view text) {
  Sha256SumsLine line{.sha256 = std::string(text.substr(0, kHexDigits))};
  text.remove_prefix(line.sha256.size());
  if (!absl::ConsumePrefix(&text, kSeparator))
    return absl::InvalidArgumentError("expected 64 hexadecimal digits, two blanks and a name");
  line.name = std::string(text);
  RETURN_IF_ERROR(CheckLine(line));
  return line;
}

absl::Status AppendLine(absl::string_view text, std::vector<Sha256SumsLine>& lines) {
  ASSIGN_OR_RETURN(Sha256SumsLine line, ParseLine(text));
  RETURN_IF_ERROR(CheckOrder(lines, line));
  lines.push_back(std::move(line));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> RenderSha256Sums(std::vector<Sha256SumsLine> lines) {
  std::sort(lines.begin(), lines.end(),
            [](auto const& a, auto const& b) { return a.name < b.name; });
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    RETURN_IF_ERROR(CheckLine(lines[i]));
    if (i > 0 && lines[i].name == lines[i - 1].name)
      return absl::InvalidArgumentError(
          absl::StrCat("'", lines[i].name, "' would stand twice in SHA256SUMS"));
    absl::StrAppend(&text, lines[i].sha256, kSeparator, lines[i].name, "\n");
  }
  return text;
}

absl::StatusOr<std::vector<Sha256SumsLine>> ParseSha256Sums(absl::string_view text) {
  std::vector<Sha256SumsLine> lines;
  if (text.empty()) return lines;
  if (text.size() > kMaxText)
    return absl::InvalidArgumentError(absl::StrCat("SHA256SUMS of ", text.size(), " bytes"));
  if (!absl::ConsumeSuffix(&text, "\n"))
    return absl::InvalidArgumentError("SHA256SUMS does not end with a newline");
  for (absl::string_view const line : absl::StrSplit(text, '\n')) {
    RETURN_IF_ERROR(
        Annotate(AppendLine(line, lines), absl::StrCat("SHA256SUMS line ", lines.size() + 1)));
  }
  return lines;
}

}  // namespace probefarm
