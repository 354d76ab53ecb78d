#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/driver/probe.h"

namespace probefarm {

// Given by the store in the order of enqueueing, from 1 on, and never given twice; 0 is no job.
using JobId = int64_t;

// The life of a job. The one function that moves it is Transition() in job_transition.h, where the
// diagram stands.
enum class JobState {
  // Waits for a worker; nobody holds it. Grantable from `not_before` on.
  kQueued,
  // A worker fetches, builds or checks. The only state in which `run_deadline` is finite.
  kLeased,
  // The digest is recorded; still leased, but the artifact only waits at the worker for an upload
  // grant.
  kBuilt,
  // An upload grant is out, so the file may be at the release host: too late to cancel.
  kUploading,
  // No lease. The coordinator compares the asset at the release host with `artifact`.
  kVerifying,
  // The catalog holds the probe. Nothing moves the job from here, not even Retry.
  kPublished,
  // These inputs cannot make this probe, or other bytes stand under its name. An answer about the
  // probe, kept with its log.
  kFailed,
  // The limit of attempts, of uncounted returns or of lost workers is reached; says nothing of the
  // probe.
  kDead,
  // By a client. Never published afterwards (I8).
  kCancelled,
  // Published by someone else meanwhile, or not applicable.
  kSkipped,
};

// "queued", "leased", …: as in the database, in JSON and on the command line.
absl::string_view JobStateName(JobState state);
// The reverse; nothing for any other text.
std::optional<JobState> ParseJobState(absl::string_view name);
// PUBLISHED, FAILED, DEAD, CANCELLED and SKIPPED: nothing moves the job any more, but Retry.
bool IsFinal(JobState state);
// LEASED, BUILT and UPLOADING: a worker holds the lease.
bool IsHeld(JobState state);

// New kernels go before a backfill of old ones; LaneOrder says how the two share the farm. The
// numbers are those of the database.
enum class Lane { kNewKernels = 0, kBackfill = 1 };

// What sets workers apart beyond their machine: "pool=trusted", each 1 to 200 bytes without control
// characters. Sorted.
using Labels = std::set<std::string>;

// What a worker must have to run a job. Made from the build spec when the job is enqueued.
struct Requirements {
  Arch arch = Arch::kX86_64;
  // For the container of one build: BuildLimits of the spec.
  int64_t memory_bytes = 0;
  Labels labels = {};  // the worker has all of these
  // Free where the worker works, when it takes the job. In whole GiB: jobs that need the same of a
  // worker wait in one line.
  int64_t disk_bytes = 0;
  std::string builder = {};  // id of the image to build in; empty: whichever
  friend bool operator==(Requirements const&, Requirements const&) = default;
};

// What a worker says it has. Null pointers never; zero means none.
struct Capabilities {
  Arch arch = Arch::kX86_64;
  // What the worker can give to each of the builds that it runs at once.
  int64_t memory_bytes_per_slot = 0;
  std::string engine;                   // "docker 20.10.24", for people
  Labels labels = {};                   // its own, and "engine=docker"
  std::set<std::string> builders = {};  // ids of the images that it is willing to run; empty: any
  // As it said last. Nothing: it has not since the coordinator started, which prevents nothing.
  std::optional<int64_t> free_disk_bytes = std::nullopt;
  friend bool operator==(Capabilities const&, Capabilities const&) = default;
};

// Why a job is where it is, in one line for people and one word for programs.
// RepeatsAcceptedReport() goes by the code alone.
struct Reason {
  std::string code;  // "compiler_error", "input_unavailable", "worker_lost", …; empty when there is
                     // nothing to say
  std::string text;
  friend bool operator==(Reason const&, Reason const&) = default;
};

// The file that a build made. Recorded before any upload. Both fields must equal what the release
// host says of the asset before the probe is published.
struct Artifact {
  // 64 lower-case hexadecimal digits.
  std::string sha256;
  // In bytes.
  int64_t size = 0;
  friend bool operator==(Artifact const&, Artifact const&) = default;
};

// A job as the store keeps it, less its spec and its log.
//
// A plain value: a copy is a snapshot, which nothing keeps up to date. Between two snapshots
// `epoch` never falls (I2), and `state` moves only as the diagram says.
struct Job {
  JobId id = 0;
  ProbeId probe;
  std::string file_name;    // true name of the asset
  std::string fingerprint;  // InputsFingerprint() of the spec
  Requirements requirements;
  Lane lane = Lane::kBackfill;

  JobState state = JobState::kQueued;
  int64_t epoch = 0;    // grows with each grant; every write of a worker carries it
  std::string session;  // who holds the lease; empty when nobody
  std::string worker;   // the holder's id, kept after the lease ends
  // The end of the backoff; the time of enqueueing for a job that has not run.
  absl::Time not_before = absl::InfinitePast();
  // A run that is still LEASED then is taken from its worker. Infinite in every other state: an
  // upload may wait as long as it must.
  absl::Time run_deadline = absl::InfiniteFuture();  // of the present lease

  // Both are zero after Retry and limited by AttemptPolicy (I5).
  int attempts = 0;       // runs that count
  int free_requeues = 0;  // runs that ended through no fault of the job: drained, no room
  std::vector<std::string>
      lost_workers;  // one entry each time a worker was lost while it built this
  // Set from BUILT on, and gone when the job returns to the queue: the file went with its worker.
  std::optional<Artifact> artifact;
  // Of the last move: why it is back in the queue, or why it ended. Empty where the state says it
  // all.
  Reason reason;

  absl::Time created_at;
  // When `state` last changed.
  absl::Time updated_at;
};

}  // namespace probefarm
