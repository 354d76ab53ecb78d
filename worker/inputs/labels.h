#pragma once

namespace probefarm {

// Labels on what a worker makes in the engine: by them it finds its own things again after a crash,
// and an operator sees whose they are.
inline constexpr char kWorkerLabel[] = "io.probefarm.worker";  // the worker's id
inline constexpr char kJobLabel[] = "io.probefarm.job";
inline constexpr char kEpochLabel[] = "io.probefarm.epoch";
inline constexpr char kKindLabel[] = "io.probefarm.kind";        // one of the kinds below
inline constexpr char kVolumeLabel[] = "io.probefarm.volume";    // of a filler: what it fills
inline constexpr char kCreatedLabel[] = "io.probefarm.created";  // of a filler: Unix seconds
inline constexpr char kBytesLabel[] = "io.probefarm.bytes";      // of a header volume: see below
inline constexpr char kFillLabel[] = "io.probefarm.fill";        // of a header volume: who made it

inline constexpr char kBuildKind[] = "build";      // a build's container and its volume
inline constexpr char kHeadersKind[] = "headers";  // a header volume: belongs to no one worker
inline constexpr char kFillerKind[] = "filler";    // the container that fills a header volume

}  // namespace probefarm
