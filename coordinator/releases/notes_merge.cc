#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "coordinator/releases/release_notes.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

constexpr absl::string_view kBegin = "<!-- probefarm: written anew with each change -->\n";
constexpr absl::string_view kEnd = "<!-- probefarm: end -->";

struct Block {
  size_t begin = 0;
  size_t end = 0;  // behind the mark
};

// The first mark of an end with one of a beginning before it, the nearest: where somebody has taken
// one of the marks away, what stands around the other is theirs.
std::optional<Block> FindBlock(absl::string_view body) {
  // Whoever edits in a browser makes other line ends.
  absl::string_view const begin_mark = kBegin.substr(0, kBegin.size() - 1);
  size_t from = 0;
  for (size_t end = body.find(kEnd); end != absl::string_view::npos; end = body.find(kEnd, from)) {
    size_t const begin = body.substr(0, end).rfind(begin_mark);
    if (begin != absl::string_view::npos && begin >= from) return Block{begin, end + kEnd.size()};
    from = end + kEnd.size();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> MergeNotes(absl::string_view body, absl::string_view notes) {
  std::string const ours = absl::StrCat(kBegin, notes, kEnd);
  std::string merged;
  if (std::optional<Block> const block = FindBlock(body)) {
    merged = absl::StrCat(body.substr(0, block->begin), ours, body.substr(block->end));
  } else {
    absl::string_view const between = body.empty() || absl::EndsWith(body, "\n\n") ? "" : "\n\n";
    merged = absl::StrCat(body, between, ours);
  }
  if (merged.size() > kLongestBody) return std::nullopt;
  return merged;
}

void LogNoRoomForNotes(ReleaseKey const& release) {
  Log(LogLevel::kWarning, "the description of a release has no room for notes: shorten it",
      {{"release", Describe(release)}});
}

}  // namespace probefarm
