#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

// Probes to enqueue, of a JSON array of objects with the keys driver_version, target,
// kernel_release, kernel_version, arch and kind; other keys are passed over, so that what `jobs -o
// json` prints can be used as it is. Pure; nothing that a text holds makes it throw.
// INVALID_ARGUMENT names the element ("[3].kind").
absl::StatusOr<std::vector<v1::EnqueueEntry>> ReadWishes(std::string const& json);

// One line for people.
std::string DescribeWish(v1::EnqueueEntry const& entry);

}  // namespace probefarm
