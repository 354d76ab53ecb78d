#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/github_host_options.h"
#include "coordinator/releases/github/known_releases.h"
#include "coordinator/releases/github/release_turns.h"
#include "coordinator/releases/github/side_file_swap.h"
#include "lib/driver/release_key.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// Replaces side files by the steps of side_file_swap.h, so that readers always find the old or the
// new. Where a crash or somebody else left something half done, it goes on from there.
//
// Thread-safe; the side files of one release are changed by one thread at a time, which asks GitHub
// meanwhile and holds no lock.
class SideFileWriter {
 public:
  // All must outlive it. `patient` has a pause: side files take their time.
  SideFileWriter(KnownReleases& releases, GitHubApi& patient, Clock const& clock,
                 GitHubHostOptions const& options)
      : releases_(releases), patient_(patient), clock_(clock), options_(options) {}

  // `name` is a side file's. Makes the release if it is missing. GitHub takes no empty file: where
  // `content` is empty, there is none afterwards. UNAVAILABLE while somebody else changes it, too.
  absl::Status Write(ReleaseKey const& key, std::string const& name, std::string const& content);

  // For a listed X.next that IsSupersededNext(): deletes it, if it still is.
  absl::Status DropSuperseded(ReleaseKey const& key, GitHubAsset const& next);

 private:
  // What stands under X and X.next, with the digests.
  struct Standing {
    KnownRelease known;
    std::optional<GitHubAsset> current;
    std::optional<GitHubAsset> next;
  };

  absl::Status Remove(ReleaseKey const& key, std::string const& name);
  // True when nothing is left to do.
  absl::StatusOr<bool> TakeStep(ReleaseKey const& key, std::string const& name,
                                std::string const& content);
  absl::StatusOr<Standing> Look(ReleaseKey const& key, std::string const& name);
  absl::StatusOr<std::optional<GitHubAsset>> Digested(ReleaseKey const& key,
                                                      KnownRelease const& known,
                                                      std::string const& name);
  absl::Status Do(SwapStep step, ReleaseKey const& key, Standing const& standing,
                  std::string const& name, std::string const& content);
  // Reads the list again. OK when the next step can be found from it. `taking`: the name that the
  // step wanted.
  absl::Status AfterRefusedStep(ReleaseKey const& key, std::string const& taking,
                                absl::Status const& refused);

  // What GitHub answered to an upload or a new name is what stands there now.
  absl::Status Put(ReleaseKey const& key, absl::StatusOr<GitHubAsset> const& asset);
  absl::Status Drop(ReleaseKey const& key, GitHubAsset const& asset);
  // Deletes X.next, unless it is X by now.
  absl::Status DropNext(ReleaseKey const& key, GitHubAsset const& next);
  absl::Status RenameNext(ReleaseKey const& key, GitHubAsset const& next, std::string const& name);

  KnownReleases& releases_;
  GitHubApi& patient_;
  Clock const& clock_;
  GitHubHostOptions const& options_;
  ReleaseTurns turns_;
};

}  // namespace probefarm
