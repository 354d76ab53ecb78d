#pragma once

#include <gmock/gmock.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace probefarm {
namespace internal {

inline absl::Status GetStatus(absl::Status const& status) { return status; }
template <class T>
absl::Status GetStatus(absl::StatusOr<T> const& status) {
  return status.status();
}

}  // namespace internal

// For an absl::Status and an absl::StatusOr alike; a failure shows the status.

// EXPECT_THAT(status, IsOk())
MATCHER(IsOk, "is OK") {
  absl::Status const status = internal::GetStatus(arg);
  *result_listener << status;
  return status.ok();
}

// EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, HasSubstr("job 7"))): the second
// argument matches the message.
MATCHER_P2(StatusIs, code, message, "has the status code and a message that matches") {
  absl::Status const status = internal::GetStatus(arg);
  *result_listener << status;
  return status.code() == code &&
         testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

// EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound)): whatever the message.
MATCHER_P(StatusIs, code, "has the status code") {
  absl::Status const status = internal::GetStatus(arg);
  *result_listener << status;
  return status.code() == code;
}

}  // namespace probefarm

#define ASSERT_OK(expr) ASSERT_THAT((expr), probefarm::IsOk())
#define EXPECT_OK(expr) EXPECT_THAT((expr), probefarm::IsOk())
// ASSERT_OK_AND_ASSIGN(auto value, Compute()): ends the test, or assigns the value. Only where
// ASSERT_THAT can stand: in a function that returns nothing.
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  PROBEFARM_ASSERT_ASSIGN(PROBEFARM_ASSERT_CONCAT(probefarm_assert_, __LINE__), lhs, expr)
// `lhs` may be a declaration, which cannot stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define PROBEFARM_ASSERT_ASSIGN(statusor, lhs, expr) \
  auto statusor = (expr);                            \
  ASSERT_THAT(statusor, probefarm::IsOk());          \
  lhs = *std::move(statusor)
// NOLINTEND(bugprone-macro-parentheses)
#define PROBEFARM_ASSERT_CONCAT(a, b) PROBEFARM_ASSERT_CONCAT_INNER(a, b)
#define PROBEFARM_ASSERT_CONCAT_INNER(a, b) a##b
