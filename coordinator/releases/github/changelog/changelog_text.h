#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "coordinator/store/records.h"

namespace probefarm {

// A changelog in a repository: one line for each probe that was published there, in the order of
// their publication. GitHub's API carries no file of more than a megabyte along, so the changelog
// has parts: CHANGELOG.md, CHANGELOG-2.md, and so on, each of which is left alone once it is full.
// All here is pure.

// A part takes no more lines beyond this.
inline constexpr size_t kFullPart = size_t{512} << 10;

// "docs/CHANGELOG.md" and 3: "docs/CHANGELOG-3.md". The first part has the name itself.
std::string PartName(std::string const& file, int part);

// The line of a probe, with its newline: name, digest, run.
std::string ChangelogLine(PublishedAsset const& asset);

// Those of `lines` that are not in `content`. A line is known by its beginning, the release and the
// name: a probe that was built again since has still but one.
std::vector<std::string> MissingLines(absl::string_view content,
                                      std::vector<std::string> const& lines);

// The part with the lines at its end; a new one gets a title.
std::string WithLines(absl::string_view content, std::vector<std::string> const& lines);

}  // namespace probefarm
