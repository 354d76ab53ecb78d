#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/driver/release_key.h"

namespace probefarm {

// A file that a worker has built and wants to send. The digest is in the store before this goes to
// a host (I1).
struct UploadIntent {
  int64_t job = 0;
  int64_t epoch = 0;
  std::string tag;
  std::string file_name;  // true name; the host sanitises it
  std::string sha256;
  int64_t size = 0;
};

// A whole HTTP request, for whoever holds the file: one use, bound to job and epoch. Its URL or
// headers hold a secret: it goes to the worker and into no log.
struct UploadGrant {
  std::string method;
  std::string url;
  std::map<std::string, std::string> headers;
  // A request that begins later may be refused.
  absl::Time deadline;
};

// The host is not to be asked before then: pacing, or trouble on its side. Costs no attempt.
struct WaitUntil {
  absl::Time not_before;
  std::string why;
};

// An asset of that name is there. Whether it is ours is for the caller to see: compare the digest.
struct AssetPresent {
  std::string asset_name;
};

// What PrepareUpload() answers.
using UploadAnswer = std::variant<UploadGrant, WaitUntil, AssetPresent>;

// What a worker says came back for a grant. It comes from outside and proves nothing: what counts
// is the asset that FindAsset() shows.
struct UploadReport {
  int http_status = 0;                         // 0: no answer; `error` says why
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // at most 64 KB of it
  std::string error;
};

// The upload arrived: look at the asset.
struct UploadAccepted {
  std::string asset_name;
};
// The grant is used up without effect: ask for another.
struct UploadRetry {
  std::string why;
};
// This file can never be published under this name.
struct UploadRefused {
  std::string why;
};

using UploadOutcome = std::variant<UploadAccepted, UploadRetry, WaitUntil, UploadRefused>;

// An asset as the host holds it. The catalog is compared with these.
struct HostedAsset {
  std::string repository = {};  // ReleaseKey's
  std::string tag;
  std::string asset_name;
  std::string url;     // where anyone can download it
  std::string sha256;  // as the host computed it; empty when it does not know
  int64_t size = 0;
};

// How many more probes fit into a release, made yet or not.
struct ReleaseRoom {
  ReleaseKey release;
  int64_t room = 0;
  friend bool operator==(ReleaseRoom const&, ReleaseRoom const&) = default;
};

// Of ReleaseHost::ReadSideFile().
inline constexpr int64_t kLargestSideFile = int64_t{256} << 20;

// Where releases live: a directory, GitHub. All calls may block on I/O: never call them from a
// reactor. Thread-safe. Every message says what to do. No asset is ever replaced through this
// interface, and only RemoveAsset() takes one away.
//
//   PrepareUpload ─► UploadGrant ─► a worker performs it ─► InterpretUpload ─► FindAsset
//        ▲  └─ WaitUntil: later                                   │
//        └─────────────── UploadRetry, or WaitUntil ──────────────┘
//
// A status that is not named here is trouble at the host: nobody has failed, ask again later. One
// suite, release_host_contract.h, runs against every implementation.
class ReleaseHost {
 public:
  virtual ~ReleaseHost() = default;

  // Makes the release if it is missing and reserves the name. INVALID_ARGUMENT for an intent that
  // no release can hold: a tag or name that is none, or the name of a side file.
  virtual absl::StatusOr<UploadAnswer> PrepareUpload(UploadIntent const& intent) = 0;

  // Turns the answer that a worker reports into a decision. Asks nobody. Never fails: an answer
  // that nobody understands is one of the outcomes too. Does not block.
  virtual UploadOutcome InterpretUpload(UploadIntent const& intent, UploadReport const& report) = 0;

  // NOT_FOUND when there is no such asset (in `uploaded` state).
  virtual absl::StatusOr<HostedAsset> FindAsset(std::string const& tag,
                                                std::string const& asset_name) = 0;

  // Every asset of every release that this host holds, side files not. May be long. In no
  // particular order.
  virtual absl::StatusOr<std::vector<HostedAsset>> ListAssets() = 0;

  // The releases that have an index.json, those without any asset among them; of those that
  // ListAssets() has listed. In no particular order.
  virtual absl::StatusOr<std::vector<ReleaseKey>> ListIndexes() = 0;

  // Writes a side file (SHA256SUMS, index.json, …) in place of an older one, so that a reader sees
  // the old or the new. INVALID_ARGUMENT unless IsSideFileName() and no bundle: no asset can be
  // overwritten so.
  virtual absl::Status WriteSideFile(ReleaseKey const& release, std::string const& name,
                                     std::string const& content) = 0;

  // A side file as it is now; where a new one is half put in place, that. At most 256 MB, beyond:
  // RESOURCE_EXHAUSTED. NOT_FOUND when there is none; INVALID_ARGUMENT unless IsSideFileName().
  virtual absl::StatusOr<std::string> ReadSideFile(ReleaseKey const& release,
                                                   std::string const& name) = 0;

  // Writes a bundle of logs (IsLogBundleName() of
  // lib/driver/log_bundle_name.h, else INVALID_ARGUMENT), which never changes: OK when
  // these very bytes are there already, ALREADY_EXISTS when others have the name.
  virtual absl::Status WriteLogBundle(ReleaseKey const& release, std::string const& name,
                                      std::string const& content) = 0;

  // Shows notes with the release (MergeNotes()): what people have written there stays. Writes only
  // where that changes something. Where there is no room for the notes beside it, they are left
  // out, which the log says.
  virtual absl::Status WriteNotes(ReleaseKey const& release, std::string const& notes) = 0;

  // SHA-256 of an asset that this host has shown, of all its bytes: for one whose digest it does
  // not tell. NOT_FOUND when it has gone, UNAVAILABLE when its size is not `asset.size` (any more).
  // May be long.
  virtual absl::StatusOr<std::string> DigestOf(HostedAsset const& asset) = 0;

  // Of every tag that this host has a release of, as far as it knows by now: what still fits, in
  // each place that it may go to. Nothing where there is no limit. Asks nobody; does not block.
  virtual std::vector<ReleaseRoom> Rooms() = 0;

  // Takes away the one asset of that name with exactly these bytes, for one that was withdrawn. OK
  // also when nothing has the name: it is gone then. Other bytes under the name stay, and are
  // FAILED_PRECONDITION. INVALID_ARGUMENT for a tag or name that is none, and for a side file's.
  virtual absl::Status RemoveAsset(ReleaseKey const& release, std::string const& asset_name,
                                   std::string const& sha256) = 0;

  // Reachable and writable? For readiness.
  virtual absl::Status Check() = 0;
};

}  // namespace probefarm
