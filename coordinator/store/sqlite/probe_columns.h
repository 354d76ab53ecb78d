#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "coordinator/store/sqlite/statement.h"
#include "lib/driver/probe.h"

namespace probefarm {

// A ProbeId in the columns of jobs and assets; always these six, in this order.
inline constexpr char kProbeColumns[] =
    "driver_version, arch, target, kernel_release, kernel_version, kind";
// For BindProbe().
inline constexpr char kProbeIs[] =
    "driver_version = ? AND arch = ? AND target = ? AND kernel_release = ? AND kernel_version = ? "
    "AND kind = ?";

// Binds six parameters.
void BindProbe(Statement& statement, ProbeId const& probe);

// Reads six columns from `first` on. DATA_LOSS when they hold no probe.
absl::StatusOr<ProbeId> ReadProbe(Statement const& row, int first);

}  // namespace probefarm
