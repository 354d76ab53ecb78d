#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/scheduling/lease_reconciliation.h"
#include "lib/driver/release_key.h"

namespace probefarm {

using BackfillId = int64_t;

// --- sessions and leases

// Session, worker id and request ids: 1 to 200 bytes without control characters.
struct NewSession {
  std::string session;  // random, made by the coordinator
  std::string worker;
  Capabilities capabilities;
  int slots = 0;
  std::vector<LeaseKey> held;  // what the worker still holds from an earlier session
};

struct OpenedSession {
  std::vector<LeaseVerdict> verdicts;  // one for each of NewSession::held
};

// A worker's claim on a lease. Compare-and-set by all three keeps out a worker that was given up
// for lost (I4).
struct LeaseRef {
  LeaseKey key;
  std::string session;
};

struct AcquireRequest {
  std::string session;
  // Chosen by the worker: new for a new wish, the same for a repetition.
  std::string request_id;
  // The worker's free slots.
  int max_leases = 1;
};

// All that a worker needs: the spec is complete, and the epoch names the lease.
struct GrantedLease {
  Job job;           // LEASED, with its new epoch
  std::string spec;  // canonical JSON
};

struct HeartbeatRequest {
  std::string session;
  std::vector<LeaseKey> held;
  int free_slots = 0;
  bool draining = false;  // the worker takes nothing new any more
  // Nothing: it does not say, and what it said before holds.
  std::optional<int64_t> free_disk_bytes = std::nullopt;
};

struct HeartbeatAnswer {
  std::vector<LeaseVerdict> verdicts;  // one for each of HeartbeatRequest::held
  bool drain = false;                  // an operator wants the worker to take nothing new
};

// What operators have said.
struct Controls {
  bool paused = false;
  std::vector<std::string> drained;  // worker ids, in order
};

// A lease that was taken from a lost or overdue worker; key and worker are those it had.
struct ExpiredLease {
  LeaseKey key;
  std::string worker;
  Job job;  // after the event: QUEUED, DEAD, or VERIFYING when a grant was out
};

// A worker as its last session knows it; its free disk as it said last.
struct WorkerRecord {
  std::string worker;
  std::string session;
  Capabilities capabilities;
  int slots = 0;
  int free_slots = 0;
  // Before the first one: when the session was opened, or the store started again.
  absl::Time last_heartbeat;
  bool live = false;
  std::vector<Job> leases;
};

// --- jobs

// See CheckNewJob() for what is refused.
struct NewJob {
  ProbeId probe;
  std::string file_name;
  std::string fingerprint;
  Requirements requirements;
  Lane lane = Lane::kBackfill;
  // From the grant on; see Job::run_deadline.
  absl::Duration run_limit = absl::Hours(1);
  std::string spec;  // canonical JSON
};

// One transaction, but for entries that are refused. One that the caller could not plan comes with
// its error, which is kept as its answer.
struct EnqueueBatch {
  std::vector<absl::StatusOr<NewJob>> jobs;
  std::string idempotency_key;         // may be empty
  std::optional<BackfillId> backfill;  // the jobs, joined ones too, become part of it
};

struct EnqueuedJob {
  JobId id = 0;
  bool joined = false;  // an unfinished job for the probe was there already
};

// Every field that is set must match.
struct JobFilter {
  // An empty string or list, or nullopt, is not set.
  std::vector<JobState> states;  // any of; empty: all
  std::string driver_version;
  std::string target;
  std::string
      kernel_regex;  // RE2, searched in the kernel release; the caller has checked that it compiles
  std::optional<Kind> kind;
  std::optional<Arch> arch;
  std::optional<BackfillId> backfill;
};

struct PageRequest {
  int limit = 100;
  std::string cursor;  // of an earlier page; empty: from the start. INVALID_ARGUMENT when it is not
                       // a cursor
};

struct JobPage {
  std::vector<Job> jobs;
  std::string next_cursor;  // empty: no more
};

// A job as it is since `revision`, which grows with every change of any job.
struct JobChange {
  int64_t revision = 0;
  Job job;
};

struct JobChanges {
  std::vector<JobChange> changes;  // in the order in which they were committed
  int64_t revision = 0;            // everything up to here has been looked at: go on after it
};

// Which jobs that are over may be forgotten: those that ended longer ago than `age`, and all but
// the `count` that ended last.
struct Retention {
  absl::Duration age = absl::InfiniteDuration();
  int64_t count = std::numeric_limits<int64_t>::max();
};

// A state without jobs may be left out.
using JobCounts = std::map<JobState, int64_t>;

// INVALID_ARGUMENT for a negative offset or a limit that is not positive.
struct LogRequest {
  JobId job = 0;
  std::optional<int64_t> epoch;
  // In bytes, as `limit`.
  int64_t offset = 0;
  int64_t limit = 1 << 20;
};

struct LogChunk {
  int64_t epoch = 0;
  std::string bytes;
  bool complete = false;  // the job is final or the epoch is over: nothing will follow what has
                          // been read to its end
};

// A FAILED job, as far as it tells whether another one would fail too.
struct FailedBuild {
  std::string fingerprint;
  std::string reason_code;
  int64_t memory_bytes = 0;  // what it was given
  absl::Duration run_limit;
  friend bool operator==(FailedBuild const&, FailedBuild const&) = default;
  friend std::strong_ordering operator<=>(FailedBuild const&, FailedBuild const&) = default;
};

// A build that was published and withdrawn, as far as it tells what must not come back.
struct WithdrawnBuild {
  std::string fingerprint;  // of its inputs; empty: nobody knows
  std::string sha256;
  std::string reason;
  absl::Time withdrawn_at;
  bool removed = false;  // see Withdrawal
  friend bool operator==(WithdrawnBuild const&, WithdrawnBuild const&) = default;
};

// What planning must know of one probe.
struct ProbeKnowledge {
  std::optional<JobId> unfinished;
  bool published = false;  // the catalog has it and the release host holds it
  std::string sha256;  // of the catalog's record, also when the release host lost the asset; empty:
                       // never published
  std::vector<FailedBuild> failed;             // each once, in the order of fingerprints
  std::vector<WithdrawnBuild> withdrawn = {};  // in the order in which that was said
};

// A backfill is done when all counts are of final states and no release is stale.
struct BackfillProgress {
  BackfillId id = 0;
  std::string description;
  JobCounts counts;
  int64_t stale_releases = 0;  // releases of these probes whose side files are not written yet
};

// --- the catalog

// Whether the release host still holds what was published; found out by the reconciler.
enum class AssetPresence { kPresent, kMissing };

// Where the build log of a published probe is kept for good: in a bundle of its release.
struct LogPlace {
  int bundle = 0;      // its number; 0: the log waits for one
  std::string sha256;  // of the log
  int64_t size = 0;    // of the log, in bytes
  friend bool operator==(LogPlace const&, LogPlace const&) = default;
};

// The catalog has at most one for a probe and one for (tag, asset_name); its digest never changes
// (I10).
struct PublishedAsset {
  ProbeId probe;
  // The name that loaders ask for, before the host's sanitising.
  std::string file_name;        // true name
  std::string repository = {};  // ReleaseKey's
  std::string tag;
  std::string asset_name;  // as the release host holds it
  std::string url;
  std::string sha256;
  int64_t size = 0;
  JobId job = 0;
  int64_t epoch = 0;
  std::string worker;
  // When the job left its lease for VERIFYING.
  absl::Time built_at;
  absl::Time published_at;
  AssetPresence presence = AssetPresence::kPresent;
  // What the release's index said of an adopted probe, as RenderIndexedProbe() writes it; empty
  // where no index told of it, and for what this farm has built.
  std::string index_entry = {};
  // Goes back to nothing when the probe is published again, or is found in another release: that
  // log is another one, or its bundle is elsewhere.
  LogPlace log = {};

  // Found at the release host, not built by a job that this store knows of.
  bool adopted() const { return job == 0; }
};

inline ReleaseKey KeyOf(PublishedAsset const& asset) { return {asset.repository, asset.tag}; }

// Every field that is set must match.
struct AssetFilter {
  std::optional<std::string> repository;
  std::string tag;
  std::string asset_name = {};
  std::string driver_version;
  std::string target;
  std::string kernel_regex;
  std::optional<Kind> kind;
  std::optional<Arch> arch;
  std::optional<AssetPresence> presence;
};

// In the order of first publication.
struct AssetPage {
  std::vector<PublishedAsset> assets;
  std::string next_cursor;      // empty: no more
  std::string end_cursor = {};  // to go on after these when there are more; empty without any
};

// A bundle of the build logs of a release, LogBundleName(number). It is planned first, so that a
// crash leaves no doubt which logs are in it, then uploaded, and held from then on, unchanged.
//
//   PlanLogBundle ─► planned ─► (upload) ─► LogBundleHeld ─► held
//                      └─ replaced by another plan: its logs wait again
struct LogBundle {
  int number = 0;      // from 1, within the release
  std::string sha256;  // of the bundle
  int64_t size = 0;    // of the bundle, in bytes
  bool held = false;   // by the release host
  friend bool operator==(LogBundle const&, LogBundle const&) = default;
};

// A log that goes into a bundle.
struct BundledLog {
  std::string asset_name;
  std::string sha256;
  int64_t size = 0;
};

// The logs of a release that are in no bundle that is held. Those of adopted and lost assets do not
// wait.
struct WaitingLogs {
  ReleaseKey release;
  int64_t logs = 0;
  absl::Time oldest = absl::InfiniteFuture();  // when its probe was published
  bool planned = false;                        // there is a bundle which is not held
};

// Which bytes are to be withdrawn, and why.
struct WithdrawalOrder {
  std::string tag;
  std::string asset_name;
  std::string sha256;
  std::string reason;
  // Of its inputs, for an asset that no job of this store has published; empty: not known.
  std::string fingerprint = {};
};

// What was published and taken back. At most one for (tag, asset_name, sha256); it stays for ever.
struct Withdrawal {
  PublishedAsset asset;     // as the catalog had it; `presence` means nothing
  std::string fingerprint;  // of its inputs; empty: not known
  std::string reason;
  absl::Time withdrawn_at;  // whole seconds
  // The release host does not hold it any more.
  bool removed = false;
};

struct WithdrawalOutcome {
  Withdrawal withdrawal;
  bool already = false;  // it was withdrawn before, and as it was then
};

struct WithdrawalFilter {
  AssetFilter asset;  // `presence` means nothing
  // Only those that the release host may still hold, and whose release says so in its side files.
  bool removable = false;
};

// In the order in which they were withdrawn, or came to be known.
struct WithdrawalPage {
  std::vector<Withdrawal> withdrawals;
  std::string next_cursor;
};

// Its side files are to be written again.
struct StaleRelease {
  ReleaseKey release;
  int64_t revision = 0;  // grows with every change of the release's part of the catalog
};

}  // namespace probefarm
