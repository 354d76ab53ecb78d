#include "lib/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/runtime/run_at_once.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, ACounterAddsUpPerSetOfLabels) {
  Metrics metrics;
  metrics.Count("probefarm_builds_total", "Builds.", {{"kind", "bpf"}});
  metrics.Count("probefarm_builds_total", "Other words.", {{"kind", "bpf"}}, 2);
  metrics.Count("probefarm_builds_total", "Builds.", {{"kind", "kmod"}});
  EXPECT_THAT(metrics.Render(), AllOf(HasSubstr("# HELP probefarm_builds_total Builds.\n"),
                                      HasSubstr("# TYPE probefarm_builds_total counter\n"),
                                      HasSubstr("probefarm_builds_total{kind=\"bpf\"} 3\n"),
                                      HasSubstr("probefarm_builds_total{kind=\"kmod\"} 1\n"),
                                      Not(HasSubstr("Other words"))));
}

TEST(Metrics, AGaugeHoldsTheLastValue) {
  Metrics metrics;
  metrics.Set("probefarm_slots_free", "Free slots.", {}, 4);
  metrics.Set("probefarm_slots_free", "Free slots.", {}, 1.5);
  EXPECT_THAT(metrics.Render(), HasSubstr("\nprobefarm_slots_free 1.5\n"));
}

TEST(Metrics, AHistogramCountsSecondsInBuckets) {
  Metrics metrics;
  for (absl::Duration const value : {absl::Microseconds(1), absl::Seconds(2), absl::Hours(5)})
    metrics.Observe("probefarm_build_seconds", "Time of a build.", {}, value);
  EXPECT_THAT(metrics.Render(),
              AllOf(HasSubstr("probefarm_build_seconds_count 3\n"),
                    HasSubstr("probefarm_build_seconds_bucket{le=\"0.001\"} 1\n"),
                    HasSubstr("probefarm_build_seconds_bucket{le=\"1\"} 1\n"),
                    HasSubstr("probefarm_build_seconds_bucket{le=\"3\"} 2\n"),
                    HasSubstr("probefarm_build_seconds_bucket{le=\"3600\"} 2\n"),
                    HasSubstr("probefarm_build_seconds_bucket{le=\"+Inf\"} 3\n")));
}

TEST(Metrics, ALabelCannotForgeALine) {
  Metrics metrics;
  metrics.Count("probefarm_builds_total", "Builds.", {{"worker", "a\"\nforged 1"}});
  EXPECT_THAT(metrics.Render(),
              AllOf(HasSubstr("{worker=\"a\\\"\\nforged 1\"} 1\n"), Not(HasSubstr("\nforged"))));
}

TEST(Metrics, AWrongNameIsLoggedAndHarmsNothing) {
  Metrics metrics;
  testing::internal::CaptureStderr();
  metrics.Count("not a name", "");
  metrics.Count("probefarm_x", "", {{"not-a-label", ""}});
  metrics.Count("probefarm_builds_total", "Builds.");
  metrics.Set("probefarm_builds_total", "Two types.", {}, 7);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("metric=\"not a name\""), HasSubstr("metric=probefarm_x"),
                    HasSubstr("metric=probefarm_builds_total")));
  EXPECT_THAT(metrics.Render(), HasSubstr("\nprobefarm_builds_total 1\n"));
}

TEST(Metrics, CountsFromManyThreads) {
  Metrics metrics;
  RunAtOnce(4, [&](int) {
    for (int n = 0; n < 250; ++n) metrics.Count("probefarm_calls_total", "Calls.");
    metrics.Render();
  });
  EXPECT_THAT(metrics.Render(), HasSubstr("\nprobefarm_calls_total 1000\n"));
}

}  // namespace
}  // namespace probefarm
