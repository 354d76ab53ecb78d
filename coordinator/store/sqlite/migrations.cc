#include "coordinator/store/sqlite/migrations.h"

#include <array>

namespace probefarm {
namespace {

// Names of states, kinds and architectures are JobStateName() and its like. Times are microseconds
// since 1970.
constexpr absl::string_view kVersion1 = R"sql(
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  driver_version TEXT NOT NULL,
  arch TEXT NOT NULL,
  target TEXT NOT NULL,
  kernel_release TEXT NOT NULL,
  kernel_version TEXT NOT NULL,
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  needs_arch TEXT NOT NULL,            -- of the worker
  memory_bytes INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  run_limit INTEGER NOT NULL,          -- microseconds
  state TEXT NOT NULL,
  ready INTEGER NOT NULL,              -- queued, and its backoff is over
  epoch INTEGER NOT NULL,
  session TEXT,                        -- NULL: nobody holds it
  worker TEXT NOT NULL,
  grant_request TEXT,                  -- of the last Acquire that granted it
  not_before INTEGER NOT NULL,
  run_deadline INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  free_requeues INTEGER NOT NULL,
  lost_workers TEXT NOT NULL,          -- a line each
  artifact_sha256 TEXT,
  artifact_size INTEGER,
  reason_code TEXT NOT NULL,
  reason_text TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX jobs_unfinished
  ON jobs(kernel_release, driver_version, target, kernel_version, arch, kind)
  WHERE state IN ('queued', 'leased', 'built', 'uploading', 'verifying');
CREATE INDEX jobs_failed
  ON jobs(kernel_release, driver_version, target, kernel_version, arch, kind, fingerprint)
  WHERE state = 'failed';
CREATE INDEX jobs_ready ON jobs(lane, driver_version, needs_arch, memory_bytes, id) WHERE ready = 1;
CREATE INDEX jobs_waiting ON jobs(not_before) WHERE state = 'queued' AND ready = 0;
CREATE INDEX jobs_held ON jobs(session) WHERE session IS NOT NULL;
CREATE INDEX jobs_deadline ON jobs(run_deadline) WHERE state = 'leased';
CREATE INDEX jobs_state ON jobs(state, id);

CREATE TABLE job_specs (
  job INTEGER PRIMARY KEY REFERENCES jobs(id),
  spec TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  session TEXT NOT NULL UNIQUE,
  worker TEXT NOT NULL,
  arch TEXT NOT NULL,
  memory_bytes_per_slot INTEGER NOT NULL,
  engine TEXT NOT NULL,
  slots INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  ended_at INTEGER,                    -- NULL: it lives
  void INTEGER NOT NULL                -- a later session of the worker replaced it
) STRICT;
CREATE INDEX sessions_worker ON sessions(worker, number);
CREATE INDEX sessions_ended ON sessions(ended_at);

CREATE TABLE logs (
  job INTEGER NOT NULL REFERENCES jobs(id),
  epoch INTEGER NOT NULL,
  start INTEGER NOT NULL,              -- offset of the first byte
  bytes BLOB NOT NULL,
  PRIMARY KEY (job, epoch, start)
) STRICT;

CREATE TABLE assets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  driver_version TEXT NOT NULL,
  arch TEXT NOT NULL,
  target TEXT NOT NULL,
  kernel_release TEXT NOT NULL,
  kernel_version TEXT NOT NULL,
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  tag TEXT NOT NULL REFERENCES releases(tag),
  asset_name TEXT NOT NULL,
  url TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  job INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  worker TEXT NOT NULL,
  built_at INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  present INTEGER NOT NULL             -- the release host holds it
) STRICT;
CREATE UNIQUE INDEX assets_name ON assets(tag, asset_name);
CREATE UNIQUE INDEX assets_probe
  ON assets(kernel_release, driver_version, target, kernel_version, arch, kind);
CREATE INDEX assets_tag ON assets(tag, id);

CREATE TABLE releases (
  tag TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  written_revision INTEGER NOT NULL    -- of the side files
) STRICT;

CREATE TABLE backfills (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  description TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE backfill_jobs (
  backfill INTEGER NOT NULL REFERENCES backfills(id),
  job INTEGER NOT NULL REFERENCES jobs(id),
  PRIMARY KEY (backfill, job)
) STRICT, WITHOUT ROWID;

CREATE TABLE enqueue_keys (
  key TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX enqueue_keys_created ON enqueue_keys(created_at);

CREATE TABLE enqueue_answers (
  key TEXT NOT NULL REFERENCES enqueue_keys(key) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  job INTEGER NOT NULL,
  joined INTEGER NOT NULL,
  error_code INTEGER NOT NULL,         -- 0: enqueued or joined
  error_text TEXT NOT NULL,
  PRIMARY KEY (key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE pins (
  key TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
)sql";

// A worker that said so is granted nothing new, though the coordinator has been started again
// since.
constexpr absl::string_view kVersion2 = R"sql(
ALTER TABLE sessions ADD COLUMN draining INTEGER NOT NULL DEFAULT 0;
)sql";

// What operators say holds until they say otherwise.
constexpr absl::string_view kVersion3 = R"sql(
CREATE TABLE pauses (
  since INTEGER PRIMARY KEY            -- one row: the farm is paused
) STRICT;
CREATE TABLE drained_workers (
  worker TEXT PRIMARY KEY,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// What a watcher has not seen yet is found by one seek. A log's piece is compressed when it has a
// size.
constexpr absl::string_view kVersion4 = R"sql(
ALTER TABLE jobs ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
UPDATE jobs SET revision = id;
CREATE UNIQUE INDEX jobs_revision ON jobs(revision);
-- Only what is in an index when a lease moves costs a lease: hence a column that most moves leave
-- alone, and few indexes.
ALTER TABLE jobs ADD COLUMN unfinished INTEGER;  -- 1, or NULL for a job that is over
UPDATE jobs SET unfinished = 1
  WHERE state IN ('queued', 'leased', 'built', 'uploading', 'verifying');
DROP INDEX jobs_unfinished;
CREATE UNIQUE INDEX jobs_unfinished
  ON jobs(kernel_release, driver_version, target, kernel_version, arch, kind)
  WHERE unfinished = 1;
DROP INDEX jobs_failed;
CREATE INDEX jobs_failed ON jobs(kernel_release, driver_version) WHERE state = 'failed';
DROP INDEX jobs_deadline;
CREATE INDEX backfill_jobs_job ON backfill_jobs(job);
ALTER TABLE logs ADD COLUMN size INTEGER;  -- before compression; NULL: the bytes are as they came
)sql";

// Labels are a line each, in order.
constexpr absl::string_view kVersion5 = R"sql(
ALTER TABLE jobs ADD COLUMN needs_labels TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN labels TEXT NOT NULL DEFAULT '';
DROP INDEX jobs_ready;
CREATE INDEX jobs_ready
  ON jobs(lane, driver_version, needs_arch, memory_bytes, needs_labels, id) WHERE ready = 1;
)sql";

// What was ordered does not change; what a lease moves is kept apart from it, in small rows that
// lie close together, and few indexes hang on them.
constexpr absl::string_view kVersion6 = R"sql(
CREATE TABLE requirement_sets (
  number INTEGER PRIMARY KEY,
  needs_arch TEXT NOT NULL,            -- of the worker
  memory_bytes INTEGER NOT NULL,
  disk_bytes INTEGER NOT NULL,
  builder TEXT NOT NULL,
  labels TEXT NOT NULL,
  UNIQUE (needs_arch, memory_bytes, disk_bytes, builder, labels)
) STRICT;
INSERT INTO requirement_sets(needs_arch, memory_bytes, disk_bytes, builder, labels)
  SELECT DISTINCT needs_arch, memory_bytes, 0, '', needs_labels FROM jobs;

CREATE TABLE job_orders (
  job INTEGER PRIMARY KEY,
  driver_version TEXT NOT NULL,
  arch TEXT NOT NULL,
  target TEXT NOT NULL,
  kernel_release TEXT NOT NULL,
  kernel_version TEXT NOT NULL,
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  requirements INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  run_limit INTEGER NOT NULL,          -- microseconds
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO job_orders
  SELECT id, driver_version, arch, target, kernel_release, kernel_version, kind, file_name,
         fingerprint, number, lane, run_limit, created_at
  FROM jobs JOIN requirement_sets
    ON requirement_sets.needs_arch = jobs.needs_arch
       AND requirement_sets.memory_bytes = jobs.memory_bytes
       AND requirement_sets.labels = jobs.needs_labels;
CREATE INDEX job_orders_probe ON job_orders(kernel_release, driver_version);

CREATE TABLE ready_jobs (              -- queued, and their backoff is over
  lane INTEGER NOT NULL,
  driver_version TEXT NOT NULL,
  requirements INTEGER NOT NULL,
  job INTEGER NOT NULL,
  PRIMARY KEY (lane, driver_version, requirements, job)
) STRICT, WITHOUT ROWID;
INSERT INTO ready_jobs
  SELECT job_orders.lane, job_orders.driver_version, requirements, id
  FROM jobs JOIN job_orders ON job = id WHERE ready = 1;

CREATE TABLE moving_jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL,
  outcome TEXT,                        -- the state of a job that is over; NULL before
  waits_until INTEGER,                 -- of a backoff that nobody has seen the end of
  epoch INTEGER NOT NULL,
  session TEXT,                        -- NULL: nobody holds it
  worker TEXT NOT NULL,
  grant_request TEXT,                  -- of the last Acquire that granted it
  not_before INTEGER NOT NULL,
  run_deadline INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  free_requeues INTEGER NOT NULL,
  lost_workers TEXT NOT NULL,          -- a line each
  artifact_sha256 TEXT,
  artifact_size INTEGER,
  reason_code TEXT NOT NULL,
  reason_text TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
INSERT INTO moving_jobs
  SELECT id, state, CASE WHEN unfinished IS NULL THEN state END,
         CASE WHEN state = 'queued' AND ready = 0 THEN not_before END, epoch, session, worker,
         grant_request, not_before, run_deadline, attempts, free_requeues, lost_workers,
         artifact_sha256, artifact_size, reason_code, reason_text, updated_at, revision
  FROM jobs;
-- No id is ever given twice.
DELETE FROM sqlite_sequence WHERE name = 'moving_jobs';
INSERT INTO sqlite_sequence SELECT 'moving_jobs', seq FROM sqlite_sequence WHERE name = 'jobs';
DROP TABLE jobs;
ALTER TABLE moving_jobs RENAME TO jobs;
CREATE INDEX jobs_outcome ON jobs(outcome, id);
-- Leased or on the way to be published: few, however many there are.
CREATE INDEX jobs_active ON jobs(session) WHERE outcome IS NULL AND state <> 'queued';
CREATE INDEX jobs_waiting ON jobs(waits_until) WHERE waits_until IS NOT NULL;
CREATE UNIQUE INDEX jobs_revision ON jobs(revision);

ALTER TABLE sessions ADD COLUMN builders TEXT NOT NULL DEFAULT '';  -- a line each; '': all
)sql";

// One tag may have a release in each of several repositories.
constexpr absl::string_view kVersion7 = R"sql(
CREATE TABLE placed_assets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  driver_version TEXT NOT NULL,
  arch TEXT NOT NULL,
  target TEXT NOT NULL,
  kernel_release TEXT NOT NULL,
  kernel_version TEXT NOT NULL,
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  repository TEXT NOT NULL,
  tag TEXT NOT NULL,
  asset_name TEXT NOT NULL,
  url TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  job INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  worker TEXT NOT NULL,
  built_at INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  present INTEGER NOT NULL             -- the release host holds it
) STRICT;
INSERT INTO placed_assets
  SELECT id, driver_version, arch, target, kernel_release, kernel_version, kind, file_name, '', tag,
         asset_name, url, sha256, size, job, epoch, worker, built_at, published_at, present
  FROM assets;
DROP TABLE assets;
ALTER TABLE placed_assets RENAME TO assets;
CREATE UNIQUE INDEX assets_name ON assets(tag, asset_name);
CREATE UNIQUE INDEX assets_probe
  ON assets(kernel_release, driver_version, target, kernel_version, arch, kind);
CREATE INDEX assets_release ON assets(repository, tag, id);

CREATE TABLE placed_releases (
  repository TEXT NOT NULL,
  tag TEXT NOT NULL,
  revision INTEGER NOT NULL,
  written_revision INTEGER NOT NULL,   -- of the side files
  PRIMARY KEY (repository, tag)
) STRICT, WITHOUT ROWID;
INSERT INTO placed_releases SELECT '', tag, revision, written_revision FROM releases;
DROP TABLE releases;
ALTER TABLE placed_releases RENAME TO releases;
)sql";

// What an index said of an adopted probe.
constexpr absl::string_view kVersion8 = R"sql(
ALTER TABLE assets ADD COLUMN index_entry TEXT NOT NULL DEFAULT '';
)sql";

// What was published and taken back. `revision` is that of the release whose side files are the
// first to say so.
constexpr absl::string_view kVersion9 = R"sql(
CREATE TABLE withdrawals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  driver_version TEXT NOT NULL,
  arch TEXT NOT NULL,
  target TEXT NOT NULL,
  kernel_release TEXT NOT NULL,
  kernel_version TEXT NOT NULL,
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  repository TEXT NOT NULL,
  tag TEXT NOT NULL,
  asset_name TEXT NOT NULL,
  url TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  job INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  worker TEXT NOT NULL,
  built_at INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  present INTEGER NOT NULL,
  index_entry TEXT NOT NULL,
  fingerprint TEXT NOT NULL,           -- '': not known
  reason TEXT NOT NULL,
  withdrawn_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  removed INTEGER NOT NULL             -- the release host does not hold it any more
) STRICT;
CREATE UNIQUE INDEX withdrawals_bytes ON withdrawals(tag, asset_name, sha256);
CREATE INDEX withdrawals_probe ON withdrawals(kernel_release, driver_version);
CREATE INDEX withdrawals_release ON withdrawals(repository, tag, id);
CREATE INDEX withdrawals_held ON withdrawals(id) WHERE removed = 0;
)sql";

// Build logs of published probes go into bundles of the release; which one, and what the log was.
constexpr absl::string_view kVersion10 = R"sql(
ALTER TABLE assets ADD COLUMN log_bundle INTEGER NOT NULL DEFAULT 0;  -- number; 0: it waits
ALTER TABLE assets ADD COLUMN log_sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE assets ADD COLUMN log_size INTEGER NOT NULL DEFAULT 0;
CREATE INDEX assets_unbundled ON assets(repository, tag, published_at)
  WHERE log_bundle = 0 AND job <> 0 AND present = 1;
CREATE TABLE log_bundles (
  repository TEXT NOT NULL,
  tag TEXT NOT NULL,
  number INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  held_at INTEGER,                     -- NULL: planned
  dropped INTEGER NOT NULL DEFAULT 0,  -- its logs stand there alone
  PRIMARY KEY (repository, tag, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_bundles_planned ON log_bundles(repository, tag) WHERE held_at IS NULL;
CREATE INDEX log_bundles_kept ON log_bundles(held_at) WHERE dropped = 0;
CREATE TABLE marks (                   -- how far something has been done
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array<absl::string_view, kSchemaVersion> kTexts = {
    kVersion1, kVersion2, kVersion3, kVersion4, kVersion5,
    kVersion6, kVersion7, kVersion8, kVersion9, kVersion10};

}  // namespace

absl::Span<absl::string_view const> Migrations() { return kTexts; }

}  // namespace probefarm
