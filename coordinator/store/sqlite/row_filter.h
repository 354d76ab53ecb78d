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
class RowFilter {
 public:
  RowFilter& And(absl::string_view condition);
  RowFilter& And(absl::string_view condition, std::string value);
  RowFilter& And(absl::string_view condition, int64_t value);

  // "TRUE" when there is none.
  std::string const& sql() const { return sql_; }
  void BindTo(Statement& statement) const;

 private:
  std::string sql_ = "TRUE";
  std::vector<std::variant<std::string, int64_t>> values_;
};

// INVALID_ARGUMENT when the regular expression does not compile.
absl::StatusOr<RowFilter> FilterOf(JobFilter const& filter);
absl::StatusOr<RowFilter> FilterOf(AssetFilter const& filter);

}  // namespace probefarm
