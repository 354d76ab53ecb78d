#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/build/build_spec.h"
#include "lib/http/http_client.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"
#include "worker/inputs/cached_file.h"
#include "worker/inputs/download_progress.h"
#include "worker/inputs/keyed_lock.h"

namespace probefarm {

// Inputs on this machine's disk, by their digest: `<folder>/sha256/ab/<hex>`. A file appears there
// whole and verified, by a rename, so that several workers can share a folder and a worker can be
// killed at any moment. Thread-safe: of several calls for one digest one downloads and the others
// wait for it.
//
//   ASSIGN_OR_RETURN(CachedFile const file, cache.Fetch(input, cancelled, nullptr));
//   … file.path() stays as long as `file` lives …
class InputCache {
 public:
  struct Options {
    std::string folder;                          // made when it is not there
    int64_t max_bytes = int64_t{20} << 30;       // the least recently used goes first
    absl::Duration unfinished = absl::Hours(1);  // older downloads belong to nobody
  };

  // Removes what killed downloads left. `http` and `clock` outlive the cache. Errors of the folder
  // name it; downloads begin with Fetch().
  static absl::StatusOr<std::unique_ptr<InputCache>> Open(Options options, HttpClient* http,
                                                          Clock const* clock);

  // The input's file, which nobody removes while the answer lives. A file that is there already is
  // checked: its size each time, its digest at its first use by this process; a damaged one is
  // removed and fetched again. After a download the cache is brought down to its `max_bytes`, as
  // far as what is in use allows. `cancelled` and `progress` may be null. Blocks.
  //
  // DATA_LOSS: what the URLs give is not this input (for good). NOT_FOUND: no URL has it any more,
  // or there is none (for good). INVALID_ARGUMENT: the digest is none. RESOURCE_EXHAUSTED: no room
  // on the disk. CANCELLED. UNAVAILABLE and others: may succeed later. All name the input.
  absl::StatusOr<CachedFile> Fetch(Input const& input, std::function<bool()> const& cancelled,
                                   ProgressSink const& progress) EXCLUDES(mu_);

  // Copies a file of somebody's into the cache, as the input that it must be: DATA_LOSS with both
  // digests when it is not. Nothing happens when the cache has the input. Blocks.
  absl::Status Adopt(Input const& input, std::string const& path) EXCLUDES(mu_);

 private:
  InputCache(Options options, HttpClient* http, Clock const* clock);

  // Fetch() with a digest that is one; waits for whoever fetches the same.
  absl::StatusOr<CachedFile> FetchLocked(Input const& input, std::function<bool()> const& cancelled,
                                         ProgressSink const& progress);
  // The file, pinned, when it is there and sound; a damaged one is removed.
  absl::StatusOr<std::optional<CachedFile>> Find(Input const& input);
  absl::StatusOr<bool> IsSound(CachedFile const& file, Input const& input);
  // Downloads the file to its place.
  absl::Status FetchFile(Input const& input, std::function<bool()> const& cancelled,
                         ProgressSink const& progress);
  // Both only log their errors: the input is there all the same.
  void NoteUse(CachedFile const& file) const;
  void Trim() const;
  bool IsVerified(std::string const& sha256) EXCLUDES(mu_);
  void SetVerified(std::string const& sha256) EXCLUDES(mu_);

  Options const options_;
  HttpClient* const http_;
  Clock const* const clock_;
  KeyedLock fetching_;  // by digest
  Mutex mu_;
  std::set<std::string> verified_ GUARDED_BY(mu_);  // digests that this process has computed
};

}  // namespace probefarm
