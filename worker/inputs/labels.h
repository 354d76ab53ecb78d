#pragma once

namespace probefarm {

// Labels on what a worker makes in the engine: by them it finds its own things again after a crash,
// and an operator sees whose they are:
//
//   docker ps -a --filter label=io.probefarm.worker=build3-5f0c2a91
//   docker volume ls --filter label=io.probefarm.kind=headers
//
// Numbers are decimal. A header volume has no worker's label, so that no start removes it.
inline constexpr char kWorkerLabel[] = "io.probefarm.worker";  // the worker's id
inline constexpr char kJobLabel[] = "io.probefarm.job";        // of a build
inline constexpr char kEpochLabel[] = "io.probefarm.epoch";    // of a build
inline constexpr char kKindLabel[] = "io.probefarm.kind";      // one of the kinds below
inline constexpr char kVolumeLabel[] = "io.probefarm.volume";  // of a filler: what it fills
// Of a filler and of a header volume: Unix seconds.
inline constexpr char kCreatedLabel[] = "io.probefarm.created";
// Of a header volume: the size of its packages together, packed, from which its own is guessed
// where no ledger tells it, since an engine does not do so cheaply.
inline constexpr char kBytesLabel[] = "io.probefarm.bytes";
// Of a header volume: 16 random hexadecimal digits of the attempt that made it, which alone may
// take it for empty. A volume without it was made by the engine on the way, and is discarded.
inline constexpr char kFillLabel[] = "io.probefarm.fill";

inline constexpr char kBuildKind[] = "build";      // a build's container and its volume
inline constexpr char kHeadersKind[] = "headers";  // a header volume: belongs to no one worker
inline constexpr char kFillerKind[] = "filler";    // the container that fills a header volume

}  // namespace probefarm
