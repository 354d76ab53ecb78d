#pragma once

#include "absl/status/statusor.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/write_context.h"

namespace probefarm {

// Store::Publish inside one transaction: the job's end and the catalog's row, or neither. A job
// that is PUBLISHED already, with this digest, is answered as it is.
absl::StatusOr<Job> Publish(WriteContext& context, JobId id, PublishedAsset const& asset);

// Store::Adopt inside one transaction.
absl::StatusOr<bool> Adopt(WriteContext& context, PublishedAsset const& asset);

}  // namespace probefarm
