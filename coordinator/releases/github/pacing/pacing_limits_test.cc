#include "coordinator/releases/github/pacing/pacing_limits.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/config/temp_yaml_file.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<PacingLimits> Read(absl::string_view text) {
  PacingLimits limits;
  TempYamlFile const file(text);
  RETURN_IF_ERROR(
      ReadYamlFile(file.path(), [&](YamlMapping& github) { limits = ReadPacingLimits(github); }));
  return limits;
}

TEST(ReadPacingLimits, FillsInWhatGitHubAllows) {
  ASSERT_OK_AND_ASSIGN(PacingLimits const limits, Read("{}"));
  EXPECT_EQ(limits, PacingLimits());
  EXPECT_EQ(limits.writes_per_second, 1);
  EXPECT_EQ(limits.writes_per_minute, 80);
  EXPECT_EQ(limits.writes_per_hour, 500);
  EXPECT_EQ(limits.secondary_points_per_minute, 900);
  EXPECT_EQ(limits.primary_points_per_hour, 5000);
  EXPECT_EQ(limits.concurrent_requests, 100);
}

TEST(ReadPacingLimits, ReadsEveryKey) {
  ASSERT_OK_AND_ASSIGN(
      PacingLimits const limits,
      Read("limits: {writes_per_second: 2, writes_per_minute: 3, writes_per_hour: 4, "
           "secondary_points_per_minute: 50, primary_points_per_hour: 60, primary_reserve: 7, "
           "read_share: 0.25, concurrent_requests: 9}"));
  EXPECT_EQ(limits, (PacingLimits{2, 3, 4, 50, 60, 7, 0.25, 9}));
}

TEST(ReadPacingLimits, RefusesWhatWouldStopTheFarmAndNamesTheKey) {
  for (char const* const wrong :
       {"writes_per_second: 0", "writes_per_minute: 0", "writes_per_hour: 0",
        "secondary_points_per_minute: 19", "primary_points_per_hour: 59", "primary_reserve: -1",
        "read_share: 0", "read_share: 1", "concurrent_requests: 0", "concurrent_requests: 1001"}) {
    std::string const key(wrong, absl::string_view(wrong).find(':'));
    EXPECT_THAT(Read(absl::StrCat("limits: {", wrong, "}")),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("limits." + key)));
  }
}

TEST(ReadPacingLimits, KeepsAReserveOfHalfAtMost) {
  EXPECT_OK(Read("limits: {primary_points_per_hour: 1000, primary_reserve: 500}"));
  EXPECT_THAT(Read("limits: {primary_points_per_hour: 1000, primary_reserve: 501}"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than half")));
}

}  // namespace
}  // namespace probefarm
