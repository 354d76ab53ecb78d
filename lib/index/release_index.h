#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/driver/probe.h"
#include "lib/index/tombstone.h"

namespace probefarm {

// An input, as the index names it.
struct IndexedInput {
  std::string name;
  std::string sha256;
  friend bool operator==(IndexedInput const&, IndexedInput const&) = default;
};

// The build log of a probe, as it stands in a bundle of the same release; see log_bundle.h.
struct IndexedLog {
  std::string bundle;  // its name
  std::string sha256;  // of the log itself: 64 lower-case hexadecimal digits
  int64_t size = 0;    // of the log itself, in bytes
  friend bool operator==(IndexedLog const&, IndexedLog const&) = default;
};

// A bundle of build logs, which never changes.
struct IndexedBundle {
  std::string name;
  std::string sha256;  // 64 lower-case hexadecimal digits
  int64_t size = 0;    // bytes
  friend bool operator==(IndexedBundle const&, IndexedBundle const&) = default;
};

// One published probe.
struct IndexedProbe {
  ProbeId probe;
  std::string file_name;   // true name
  std::string asset_name;  // as the release host has it
  std::string url;
  std::string sha256;  // 64 lower-case hexadecimal digits
  int64_t size = 0;    // bytes
  int64_t job = 0;
  std::string worker;
  absl::Time published_at;             // whole seconds
  IndexedInput builder;                // the builder image's archive
  std::vector<IndexedInput> headers;   // kernel packages, in the order in which they are unpacked
  std::vector<IndexedInput> source;    // of the driver
  std::optional<IndexedLog> log = {};  // nothing while it waits for a bundle
  friend bool operator==(IndexedProbe const&, IndexedProbe const&) = default;
};

// A release's index.json: what it holds, for programs. Fields that a reader does not know are to be
// passed over: later versions have more.
struct ReleaseIndex {
  std::string tag;
  std::vector<IndexedProbe> probes;  // by asset name
  // By asset name, the latest of a name last. Those of older programs have none.
  std::vector<SignedTombstone> withdrawn = {};
  std::vector<IndexedBundle> bundles = {};  // by number
  friend bool operator==(ReleaseIndex const&, ReleaseIndex const&) = default;
};

// Sorts by asset name, and bundles by their numbers; the same probes, tombstones and bundles give
// the same text. Ends with a newline. Pure.
std::string RenderReleaseIndex(ReleaseIndex index);

// INVALID_ARGUMENT names what is missing, of another type, or not what it must be. At most 64 MB.
// Pure; nothing that the text holds makes it throw.
absl::StatusOr<ReleaseIndex> ParseReleaseIndex(absl::string_view text);

// The latest withdrawal of an asset, by the name that the release host had it under; of those bytes
// where `sha256` is not empty. Null when there is none; points into `index`. Pure.
SignedTombstone const* FindTombstone(ReleaseIndex const& index, absl::string_view asset_name,
                                     absl::string_view sha256 = "");

// One entry of the index by itself, on one line, for whoever keeps it. Pure.
std::string RenderIndexedProbe(IndexedProbe const& probe);
// INVALID_ARGUMENT as ParseReleaseIndex(). Pure.
absl::StatusOr<IndexedProbe> ParseIndexedProbe(absl::string_view text);

}  // namespace probefarm
