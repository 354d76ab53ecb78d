#include "coordinator/store/page_cursor.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace probefarm {

std::string CursorAfter(int64_t id) { return absl::StrCat(id); }

absl::StatusOr<std::optional<int64_t>> ParsePage(PageRequest const& page) {
  if (page.limit <= 0) return absl::InvalidArgumentError("a page's limit must be positive");
  if (page.cursor.empty()) return std::nullopt;
  int64_t id = 0;
  if (!absl::SimpleAtoi(page.cursor, &id) || id <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", page.cursor, "' is no page cursor: take it from an earlier page"));
  }
  return id;
}

absl::Status CheckChangesLimit(int limit) {
  return limit > 0 ? absl::OkStatus()
                   : absl::InvalidArgumentError("a limit of changes must be positive");
}

}  // namespace probefarm
