#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace probefarm {

// What a request to the host is, as far as its limits go.
enum class RequestKind {
  kRead,
  kConditionalRead,  // with If-None-Match: free of primary points when the answer is 304
  kWrite,            // creates, changes or deletes something by the API
  kUpload,           // sends an asset; happens at a worker
};

// "read", "conditional_read", "write", "upload": for metrics and messages.
absl::string_view NameOf(RequestKind kind);

bool IsRead(RequestKind kind);

// What a request costs, by GitHub's rules. Writes and uploads all count as content creation: GitHub
// names no list of those that do not. Pure.
int64_t SecondaryPoints(RequestKind kind);
// Before the answer is known: the most that it can cost.
int64_t PrimaryPointsHeld(RequestKind kind);
// Once `http_status` is known; 0: no answer, which costs the most. An upload costs 2, one that is
// refused (422) 3.
int64_t PrimaryPoints(RequestKind kind, int http_status);

}  // namespace probefarm
