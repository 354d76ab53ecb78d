#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace probefarm {

// Reads pages until there are no more, or `limit` items are there (0: all); what a page brings
// beyond the limit is dropped. `fetch` is given a page token, empty for the first page, and puts
// the items at the end of the vector; it answers the next token, empty after the last page. Its
// first error is returned, and nothing else.
template <class Item>
absl::StatusOr<std::vector<Item>> ReadPages(
    int64_t limit,
    std::function<absl::StatusOr<std::string>(std::string const&, std::vector<Item>&)> const&
        fetch) {
  std::vector<Item> items;
  std::string token;
  do {
    absl::StatusOr<std::string> next = fetch(token, items);
    if (!next.ok()) return next.status();
    token = *std::move(next);
  } while (!token.empty() && (limit == 0 || static_cast<int64_t>(items.size()) < limit));
  if (limit != 0 && static_cast<int64_t>(items.size()) > limit) items.resize(limit);
  return items;
}

}  // namespace probefarm
