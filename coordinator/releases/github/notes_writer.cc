#include "coordinator/releases/github/notes_writer.h"

#include <optional>
#include <utility>

#include "coordinator/releases/release_notes.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::Status NotesWriter::Write(ReleaseKey const& key, std::string const& notes) {
  ASSIGN_OR_RETURN(KnownRelease const known, releases_.KnowOrCreate(key));
  if (MergeNotes(known.release.body, notes) == known.release.body) return absl::OkStatus();
  ASSIGN_OR_RETURN(GitHubRelease now, patient_.GetRelease(key.repository, known.release.id));
  std::optional<std::string> const merged = MergeNotes(now.body, notes);
  if (!merged) LogNoRoomForNotes(key);
  if (merged && *merged != now.body) {
    ASSIGN_OR_RETURN(now, patient_.WriteBody(key.repository, known.release.id, *merged));
  }
  releases_.Change(key, [&](KnownRelease& changed) { changed.release.body = std::move(now.body); });
  return absl::OkStatus();
}

}  // namespace probefarm
