#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/driver/release_key.h"
#include "lib/index/release_index.h"

namespace probefarm {

// GitHub refuses a description with more characters ("body is too long").
inline constexpr size_t kLongestBody = 125'000;

// What a release says of itself to people, as Markdown: what it holds by operating system, the
// newest kernels of each, how to download and to verify a file, and where the whole list is. At
// most 60,000 bytes, however much the release holds: what does not fit is counted. Names that come
// from outside stand in code spans and blocks, where Markdown means nothing, and without the
// characters that would end these.
//
// `key_id`: of who signs; empty: nobody does. The same index gives the same text. Pure.
std::string RenderReleaseNotes(ReleaseIndex const& index, std::string const& key_id);

// The description `body` of a release with `notes` in it, between two marks that nobody sees. What
// stands outside of them is somebody else's and stays letter by letter; without marks the notes
// come at its end. nullopt when there is no room for them in kLongestBody. Merging the same notes
// again changes nothing. Pure.
std::optional<std::string> MergeNotes(absl::string_view body, absl::string_view notes);

// For a host whose release has no room for notes: says so in the log.
void LogNoRoomForNotes(ReleaseKey const& release);

}  // namespace probefarm
