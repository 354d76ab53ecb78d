#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/records.h"

namespace probefarm {

// The rules of the catalog that every store keeps, as pure functions of the rows it has read.

// Whether `asset` may become what `job` published. `of_probe` is the catalog's row for the probe,
// `of_name` the one for (tag, asset_name); null when there is none. A job that has published this
// very digest may do so again, which changes nothing. INVALID_ARGUMENT when the asset is not of the
// job's probe; FAILED_PRECONDITION when its digest is not the one that the job reported;
// ALREADY_EXISTS when the probe has another digest, or the name another probe (I10). That the job
// is VERIFYING is Transition()'s to check. An asset that was lost may be recorded again, with the
// same digest only.
absl::Status CheckPublish(Job const& job, PublishedAsset const& asset,
                          PublishedAsset const* of_probe, PublishedAsset const* of_name);

// The row that adopting `asset` leaves; nullopt when the catalog has it as it is. `of_probe` and
// `of_name` as above, `known` is of the probe. A record of the same digest whose asset was lost
// moves to the new place and keeps who built it.
//
// INVALID_ARGUMENT for an asset with a job or without a digest; FAILED_PRECONDITION while a job of
// the probe is unfinished, since what is there may be half of its work. ALREADY_EXISTS when the
// probe has another digest or another place, the name another probe (I10), or this farm has built
// other bytes for the probe.
absl::StatusOr<std::optional<PublishedAsset>> RowToAdopt(PublishedAsset const& asset,
                                                         PublishedAsset const* of_probe,
                                                         PublishedAsset const* of_name,
                                                         ProbeKnowledge const& known);

// INVALID_ARGUMENT for a revision that the release has not reached. A mark ahead of the
// catalog would hide the changes up to it.
absl::Status CheckRevision(ReleaseKey const& release, int64_t revision, int64_t current);

}  // namespace probefarm
