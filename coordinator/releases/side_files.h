#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "coordinator/releases/adopted_entry.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "lib/index/release_index.h"
#include "lib/index/tombstone.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/mutex.h"
#include "lib/signing/signing_key.h"

namespace probefarm {

// Brings the side files of releases up to the catalog: SHA256SUMS lists what the release holds,
// index.json says what each asset is and what was withdrawn, and provenance.jsonl how it was built.
// With a key, SHA256SUMS.sig is over SHA256SUMS, which lists index.json and provenance.jsonl too,
// and each line of the latter has a signature of its own, and so has each tombstone in index.json.
//
// They are written in this order: provenance.jsonl, index.json, SHA256SUMS.sig, SHA256SUMS. So
// whoever reads SHA256SUMS first finds the others as new as it is, or newer. If newer, they do not
// fit, and the reader begins again; the same after a crash in between, which the next pass mends.
// Bundles of logs are there before (LogBundler), and the notes for people come last.
//
// Of an adopted asset the index says what the index from which it was adopted said, and
// provenance.jsonl keeps the line that it has for this digest, if any: the signature on it is of
// whoever built the probe.
//
// Safe to repeat and to interrupt: a revision is marked written only after its files are, and a
// change in between makes the release stale again. Thread-safe. SHA256SUMS can be given to
// `sha256sum -c`; assets that the host lost are not in it.
class SideFiles {
 public:
  // All must outlive it. Without a key (null) nothing is signed; a signature that is there stays,
  // and fits no longer once the release changes.
  SideFiles(Store* store, ReleaseHost* host, Metrics* metrics, SigningKey const* key = nullptr);

  // One pass over the releases that are stale; blocks on store and host. A release that fails is
  // logged, harms no other, and is tried again at the next pass. Sets probefarm_stale_releases and
  // counts probefarm_side_file_failures_total. Call every few seconds, and after each publication;
  // with nothing stale it costs one question to the store.
  void RunOnce() EXCLUDES(mu_);

  // Of the last pass: OK, or the first error.
  absl::Status last_error() const EXCLUDES(mu_);

 private:
  // Goes on after a release that fails; the first error in the end.
  absl::Status WriteStale();
  // Reads the catalog and the specs, writes the files, then marks the revision that was stale when
  // this began.
  absl::Status Write(StaleRelease const& release);
  absl::Status WriteSums(ReleaseKey const& release, std::string const& sums);
  // That the release host holds.
  absl::StatusOr<std::vector<IndexedBundle>> BundlesOf(ReleaseKey const& release);
  // Of adopted assets; reads nothing where there are none.
  absl::StatusOr<KeptProvenance> KeptOf(ReleaseKey const& release,
                                        std::vector<PublishedAsset> const& assets);
  absl::StatusOr<std::vector<SignedTombstone>> TombstonesOf(ReleaseKey const& release);
  absl::StatusOr<std::string> SpecOf(PublishedAsset const& asset);

  Store* const store_;
  ReleaseHost* const host_;
  Metrics* const metrics_;
  SigningKey const* const key_;
  mutable Mutex mu_;
  absl::Status last_error_ GUARDED_BY(mu_);
};

}  // namespace probefarm
