#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/releases/github/github_api.h"
#include "coordinator/store/store.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Keeps the changelog of each repository up to the catalog, in commits of many lines each. Adopted
// probes are not in it: nobody knows of their run.
//
// How far it has come is a mark in the store, set after the commit. So a crash in between loses
// nothing, and what was committed is found in the file: no line comes twice, none is lost. Where
// somebody else has changed the file meanwhile, it is read again. Thread-safe.
class ChangelogWriter {
 public:
  // Store and API must outlive it; the API has a pause. `file`: as in "CHANGELOG.md".
  ChangelogWriter(Store* store, GitHubApi* patient, std::vector<std::string> repositories,
                  std::string file);

  // One pass; blocks on store and GitHub. What fails is logged, and done by the next pass. With
  // nothing new it costs a question to the store for each repository, and no request.
  void RunOnce() EXCLUDES(mu_);

  // Of the last pass: OK, or the first error.
  absl::Status last_error() const EXCLUDES(mu_);

 private:
  // How far a repository's changelog has come.
  struct Mark {
    int part = 1;
    std::string cursor;  // of Store::ListAssets()
  };

  absl::Status Write(std::string const& repository);
  // Appends what is not there yet; answers in which part the last line is.
  absl::StatusOr<int> Append(std::string const& repository, int part,
                             std::vector<std::string> lines);
  // True when all of `lines` are in the part; takes out of them those that are.
  absl::StatusOr<bool> AppendTo(std::string const& repository, int part,
                                std::vector<std::string>& lines);
  absl::StatusOr<Mark> ReadMark(std::string const& repository);
  absl::Status KeepMark(std::string const& repository, Mark const& mark);

  Store* const store_;
  GitHubApi* const patient_;
  std::vector<std::string> const repositories_;
  std::string const file_;
  mutable Mutex mu_;
  absl::Status last_error_ GUARDED_BY(mu_);
};

}  // namespace probefarm
