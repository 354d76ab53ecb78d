#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/github_uploads.h"
#include "coordinator/releases/github/known_releases.h"
#include "lib/driver/release_key.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// Uploads bundles of logs, each once: what has arrived is known by its digest, whatever became of
// the answer, and the rest of an upload that broke off is deleted first. Replaces nothing.
// Thread-safe.
class LogBundleWriter {
 public:
  // All must outlive it. `patient` has a pause.
  LogBundleWriter(KnownReleases& releases, GitHubUploads& uploads, GitHubApi& patient,
                  Clock const& clock)
      : releases_(releases), uploads_(uploads), patient_(patient), clock_(clock) {}

  // As ReleaseHost::WriteLogBundle(); `name` is a bundle's. Makes the release if it is missing.
  // UNAVAILABLE while what became of an upload cannot be seen.
  absl::Status Write(ReleaseKey const& key, std::string const& name, std::string const& content);

 private:
  enum class Held { kNothing, kTheseBytes, kOtherBytes };

  // What stands under the name. Deletes the rest of an upload that broke off.
  absl::StatusOr<Held> Look(ReleaseKey const& key, KnownRelease const& known,
                            std::string const& name, std::string const& sha256);
  absl::Status Upload(ReleaseKey const& key, KnownRelease const& known, std::string const& name,
                      std::string const& content);

  KnownReleases& releases_;
  GitHubUploads& uploads_;
  GitHubApi& patient_;
  Clock const& clock_;
};

}  // namespace probefarm
