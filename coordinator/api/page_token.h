#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message_lite.h"

namespace probefarm {

// What clients are given to ask for the next page: a cursor, and a digest of the query that it
// belongs to, so that the page of one list is not taken for one of another. No secret: a client
// that makes one up gets a page of what it may see anyway. `list` tells lists with the same filter
// apart.
//
//   PageToken("jobs", filter, "17")               "17.9c1185a5"
//   CursorOf("jobs", filter, "17.9c1185a5")       "17"
//   CursorOf("probes", filter, "17.9c1185a5")     INVALID_ARGUMENT

// Empty for an empty cursor: there are no more pages.
std::string PageToken(absl::string_view list, google::protobuf::MessageLite const& filter,
                      absl::string_view cursor);
// Empty for an empty token: the first page. Whether it is a cursor is the store's to say.
absl::StatusOr<std::string> CursorOf(absl::string_view list,
                                     google::protobuf::MessageLite const& filter,
                                     absl::string_view token);

}  // namespace probefarm
