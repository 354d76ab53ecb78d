#include "coordinator/store/sqlite/probe_columns.h"

#include "absl/strings/str_cat.h"

namespace probefarm {

void BindProbe(Statement& statement, ProbeId const& probe) {
  statement.Bind(probe.driver_version);
  statement.Bind(ArchName(probe.arch));
  statement.Bind(probe.target);
  statement.Bind(probe.kernel_release);
  statement.Bind(probe.kernel_version);
  statement.Bind(KindName(probe.kind));
}

absl::StatusOr<ProbeId> ReadProbe(Statement const& row, int first) {
  absl::StatusOr<Arch> const arch = ParseArch(row.Text(first + 1));
  absl::StatusOr<Kind> const kind = ParseKind(row.Text(first + 5));
  if (!arch.ok() || !kind.ok()) {
    return absl::DataLossError(absl::StrCat("a row holds no probe: arch '", row.Text(first + 1),
                                            "', kind '", row.Text(first + 5), "'"));
  }
  return ProbeId{row.Text(first),     *arch, row.Text(first + 2), row.Text(first + 3),
                 row.Text(first + 4), *kind};
}

}  // namespace probefarm
