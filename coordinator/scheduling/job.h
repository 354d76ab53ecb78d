#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/driver/probe.h"

namespace probefarm {

using JobId = int64_t;

// The life of a job. The one function that moves it is Transition() in job_transition.h, where the
// diagram stands.
enum class JobState {
  kQueued,
  kLeased,
  kBuilt,
  kUploading,
  kVerifying,
  kPublished,
  kFailed,
  kDead,
  kCancelled,
  kSkipped,
};

// "queued", "leased", …: as in the database, in JSON and on the command line.
absl::string_view JobStateName(JobState state);
std::optional<JobState> ParseJobState(absl::string_view name);
// PUBLISHED, FAILED, DEAD, CANCELLED and SKIPPED: nothing moves the job any more, but Retry.
bool IsFinal(JobState state);
// LEASED, BUILT and UPLOADING: a worker holds the lease.
bool IsHeld(JobState state);

// New kernels go before a backfill of old ones.
enum class Lane { kNewKernels = 0, kBackfill = 1 };

// What a worker must have to run a job. Made from the build spec when the job is enqueued.
struct Requirements {
  Arch arch = Arch::kX86_64;
  int64_t memory_bytes = 0;
  friend bool operator==(Requirements const&, Requirements const&) = default;
};

// What a worker says it has. Null pointers never; zero means none.
struct Capabilities {
  Arch arch = Arch::kX86_64;
  int64_t memory_bytes_per_slot = 0;
  std::string engine;  // "docker 20.10.24", for people
  friend bool operator==(Capabilities const&, Capabilities const&) = default;
};

// Why a job is where it is, in one line for people and one word for programs.
struct Reason {
  std::string code;  // "compiler_error", "input_unavailable", "worker_lost", …; empty when there is
                     // nothing to say
  std::string text;
  friend bool operator==(Reason const&, Reason const&) = default;
};

// The file that a build made. Recorded before any upload.
struct Artifact {
  std::string sha256;
  int64_t size = 0;
  friend bool operator==(Artifact const&, Artifact const&) = default;
};

// A job as the store keeps it, less its spec and its log.
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
  absl::Time not_before = absl::InfinitePast();
  absl::Time run_deadline = absl::InfiniteFuture();  // of the present lease

  int attempts = 0;       // runs that count
  int free_requeues = 0;  // runs that ended through no fault of the job: drained, no room
  std::vector<std::string>
      lost_workers;  // one entry each time a worker was lost while it built this
  std::optional<Artifact> artifact;
  Reason reason;

  absl::Time created_at;
  absl::Time updated_at;
};

}  // namespace probefarm
