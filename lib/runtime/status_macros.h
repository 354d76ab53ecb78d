#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

// Returns from the enclosing function, which returns an absl::Status or a StatusOr, when `expr` (an
// absl::Status) is not OK. `expr` is evaluated once.
//
//   RETURN_IF_ERROR(Annotate(engine.StartContainer(id), "run the build"));
#define RETURN_IF_ERROR(expr)                                                                    \
  do {                                                                                           \
    if (absl::Status probefarm_status = (expr); !probefarm_status.ok()) return probefarm_status; \
  } while (false)

// ASSIGN_OR_RETURN(auto value, Compute()): returns the status, or assigns the value, moved out.
// `lhs` is a declaration or something to assign to. It is several statements: not for an `if`
// without braces, and once a line. (The arguments are a name and a declaration, which cannot stand
// in parentheses.)
// NOLINTBEGIN(bugprone-macro-parentheses)
#define ASSIGN_OR_RETURN(lhs, expr) \
  PROBEFARM_ASSIGN_OR_RETURN(PROBEFARM_CONCAT(probefarm_statusor_, __LINE__), lhs, expr)
#define PROBEFARM_ASSIGN_OR_RETURN(statusor, lhs, expr) \
  auto statusor = (expr);                               \
  if (!statusor.ok()) return statusor.status();         \
  lhs = *std::move(statusor)
// NOLINTEND(bugprone-macro-parentheses)
#define PROBEFARM_CONCAT(a, b) PROBEFARM_CONCAT_INNER(a, b)
#define PROBEFARM_CONCAT_INNER(a, b) a##b

namespace probefarm {

// The same status with what was being done in front: "fetch linux-headers-…: connection refused".
// OK stays OK; code and payloads stay as they are.
inline absl::Status Annotate(absl::Status const& status, absl::string_view doing) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(), absl::StrCat(doing, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, absl::Cord const& payload) {
    annotated.SetPayload(url, payload);
  });
  return annotated;
}

}  // namespace probefarm
