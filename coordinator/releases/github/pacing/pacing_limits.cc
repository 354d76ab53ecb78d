#include "coordinator/releases/github/pacing/pacing_limits.h"

namespace probefarm {
namespace {

constexpr int kMostPoints = 1'000'000;
// With less the smallest share of reads would hold no read, or what is left no upload.
constexpr int kLeastSecondary = 20;
constexpr int kLeastPrimary = 60;
constexpr double kLeastShare = 0.05;
constexpr double kMostShare = 0.95;

int ReadCount(YamlMapping& limits, absl::string_view key, int least, int most, int default_value) {
  return static_cast<int>(limits.Int(key, least, most, default_value));
}

void ReadWrites(YamlMapping& limits, PacingLimits& read) {
  read.writes_per_second = ReadCount(limits, "writes_per_second", 1, 1000, read.writes_per_second);
  read.writes_per_minute =
      ReadCount(limits, "writes_per_minute", 1, 100'000, read.writes_per_minute);
  read.writes_per_hour = ReadCount(limits, "writes_per_hour", 1, kMostPoints, read.writes_per_hour);
}

void ReadPoints(YamlMapping& limits, PacingLimits& read) {
  read.secondary_points_per_minute =
      ReadCount(limits, "secondary_points_per_minute", kLeastSecondary, kMostPoints,
                read.secondary_points_per_minute);
  read.primary_points_per_hour = ReadCount(limits, "primary_points_per_hour", kLeastPrimary,
                                           kMostPoints, read.primary_points_per_hour);
  read.primary_reserve = ReadCount(limits, "primary_reserve", 0, kMostPoints, read.primary_reserve);
  if (read.primary_reserve > read.primary_points_per_hour / 2)
    limits.Error("primary_reserve", "is more than half of primary_points_per_hour");
}

}  // namespace

PacingLimits ReadPacingLimits(YamlMapping& github) {
  PacingLimits read;
  github.Mapping("limits", YamlMapping::Presence::kOptional, [&](YamlMapping& limits) {
    ReadWrites(limits, read);
    ReadPoints(limits, read);
    read.read_share = limits.Double("read_share", kLeastShare, kMostShare, read.read_share);
    read.concurrent_requests =
        ReadCount(limits, "concurrent_requests", 1, 1000, read.concurrent_requests);
  });
  return read;
}

}  // namespace probefarm
