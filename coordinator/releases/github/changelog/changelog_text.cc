#include "coordinator/releases/github/changelog/changelog_text.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace probefarm {
namespace {

constexpr char kTitle[] = "# What was published\n\n";
constexpr char kExtension[] = ".md";
constexpr char kEndOfName[] = "`: ";

// Between two backticks, where Markdown means nothing.
std::string Plain(absl::string_view text) {
  std::string plain(text);
  for (char& c : plain)
    if (!absl::ascii_isprint(static_cast<unsigned char>(c)) || c == '`') c = '?';
  return plain;
}

absl::string_view KeyOf(absl::string_view line) { return line.substr(0, line.find(kEndOfName)); }

}  // namespace

std::string PartName(std::string const& file, int part) {
  if (part <= 1) return file;
  absl::string_view stem = file;
  bool const markdown = absl::ConsumeSuffix(&stem, kExtension);
  return absl::StrCat(stem, "-", part, markdown ? kExtension : "");
}

std::string ChangelogLine(PublishedAsset const& asset) {
  return absl::StrCat("- `", Plain(asset.tag), "/", Plain(asset.asset_name), kEndOfName, "sha256 ",
                      Plain(asset.sha256), ", run ", asset.epoch, " of job ", asset.job, ", ",
                      absl::FormatTime(absl::RFC3339_sec, asset.published_at, absl::UTCTimeZone()),
                      "\n");
}

std::vector<std::string> MissingLines(absl::string_view content,
                                      std::vector<std::string> const& lines) {
  std::set<absl::string_view> known;
  for (absl::string_view const line : absl::StrSplit(content, '\n')) known.insert(KeyOf(line));
  std::vector<std::string> missing;
  for (std::string const& line : lines)
    if (!known.contains(KeyOf(line))) missing.push_back(line);
  return missing;
}

std::string WithLines(absl::string_view content, std::vector<std::string> const& lines) {
  absl::string_view const before = content.empty() ? kTitle : content;
  return absl::StrCat(before, absl::EndsWith(before, "\n") ? "" : "\n", absl::StrJoin(lines, ""));
}

}  // namespace probefarm
