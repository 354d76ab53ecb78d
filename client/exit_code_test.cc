#include "client/exit_code.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

TEST(ExitCode, TellsUsageFromFailureFromSilence) {
  EXPECT_EQ(ExitCodeFor(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeFor(absl::NotFoundError("job 7")), 1);
  EXPECT_EQ(ExitCodeFor(absl::AbortedError("2 probes cannot be built")), 1);
  EXPECT_EQ(ExitCodeFor(absl::InvalidArgumentError("unknown driver")), 2);
  EXPECT_EQ(ExitCodeFor(absl::UnavailableError("connection refused")), 3);
  EXPECT_EQ(ExitCodeFor(absl::DataLossError("not what was signed")), 4);
}

}  // namespace
}  // namespace probefarm
