#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Conditions of a WHERE that are joined by AND, and what is bound to them.
//
//   RowFilter where;
//   where.And("tag = ?", tag).And("id > ?", after);
//   Statement query = db.Query(absl::StrCat("SELECT id FROM assets WHERE ", where.sql()));
//   where.BindTo(query);
class RowFilter {
 public:
  // `condition` is SQL of this program, never of a client; `value` is bound to its one `?`.
  RowFilter& And(absl::string_view condition);
  RowFilter& And(absl::string_view condition, std::string value);
  RowFilter& And(absl::string_view condition, int64_t value);

  // The index of the first table that finds these rows: SQLite does not know how many each index
  // would.
  RowFilter& Through(absl::string_view index);

  // "" when it is left to SQLite.
  std::string const& index() const { return index_; }
  // "TRUE" when there is none.
  std::string const& sql() const { return sql_; }
  // The next parameters of the statement, in the order of And().
  void BindTo(Statement& statement) const;

 private:
  std::string sql_ = "TRUE";
  std::string index_;
  std::vector<std::variant<std::string, int64_t>> values_;
};

// INVALID_ARGUMENT when the regular expression does not compile. The first is for `jobs` with
// `job_orders`, the second for `assets` and, but for the
// presence, `withdrawals`.
absl::StatusOr<RowFilter> FilterOf(JobFilter const& filter);
absl::StatusOr<RowFilter> FilterOf(AssetFilter const& filter);

}  // namespace probefarm
