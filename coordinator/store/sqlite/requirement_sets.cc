#include "coordinator/store/sqlite/requirement_sets.h"

#include "absl/strings/str_cat.h"
#include "coordinator/store/sqlite/label_column.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

void BindRequirements(Statement& statement, Requirements const& requirements) {
  statement.Bind(ArchName(requirements.arch));
  statement.Bind(requirements.memory_bytes);
  statement.Bind(requirements.disk_bytes);
  statement.Bind(requirements.builder);
  statement.Bind(LabelText(requirements.labels));
}

absl::StatusOr<Requirements> ReadRequirements(Statement const& row, int first) {
  absl::StatusOr<Arch> const arch = ParseArch(row.Text(first));
  if (!arch.ok()) {
    return absl::DataLossError(
        absl::StrCat("a row holds no requirements: needs_arch '", row.Text(first), "'"));
  }
  return Requirements{*arch, row.Int(first + 1), ReadLabels(row.Text(first + 4)),
                      row.Int(first + 2), row.Text(first + 3)};
}

absl::StatusOr<int64_t> RequirementSetFor(Database& db, Requirements const& requirements) {
  static std::string const select =
      absl::StrCat("SELECT number FROM requirement_sets WHERE ", kRequirementsAre);
  Statement query = db.Query(select);
  BindRequirements(query, requirements);
  if (query.Step()) return query.Int(0);
  RETURN_IF_ERROR(query.status());
  static std::string const text =
      absl::StrCat("INSERT INTO requirement_sets(", kRequirementColumns, ") VALUES (?,?,?,?,?)");
  Statement insert = db.Query(text);
  BindRequirements(insert, requirements);
  RETURN_IF_ERROR(insert.Run());
  return db.LastRowId();
}

}  // namespace probefarm
