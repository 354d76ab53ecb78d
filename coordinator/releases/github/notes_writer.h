#pragma once

#include <string>

#include "absl/status/status.h"
#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/known_releases.h"
#include "lib/driver/release_key.h"

namespace probefarm {

// Writes the notes of a release into its description, which people may write into, too. What stands
// there is known from GitHub's lists: where the notes are in it already, nothing is asked; where
// they are not, it is read again before it is changed. Thread-safe.
class NotesWriter {
 public:
  // Both must outlive it. `patient` has a pause.
  NotesWriter(KnownReleases& releases, GitHubApi& patient)
      : releases_(releases), patient_(patient) {}

  // As ReleaseHost::WriteNotes(). Makes the release if it is missing. Errors are GitHubApi's.
  absl::Status Write(ReleaseKey const& key, std::string const& notes);

 private:
  KnownReleases& releases_;
  GitHubApi& patient_;
};

}  // namespace probefarm
