#include "client/exit_code.h"

namespace probefarm {

ExitCode ExitCodeFor(absl::Status const& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kDone;
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kUnreachable;
    case absl::StatusCode::kDataLoss:
      return kNotGenuine;
    default:
      return kFailed;
  }
}

}  // namespace probefarm
