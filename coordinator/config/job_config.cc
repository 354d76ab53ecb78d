#include "coordinator/config/job_config.h"

namespace probefarm {
namespace {

constexpr absl::Duration kShortest = absl::Hours(1);
constexpr absl::Duration kLongest = absl::Hours(24 * 3650);
constexpr int64_t kMostJobs = 10'000'000;

}  // namespace

JobConfig ReadJobConfig(YamlMapping& top) {
  JobConfig config;
  top.Mapping("jobs", YamlMapping::Presence::kOptional, [&](YamlMapping& jobs) {
    config.accept_specs = jobs.Bool("accept_specs", config.accept_specs);
    config.keep = jobs.Duration("keep", kShortest, kLongest, config.keep);
    config.keep_count = jobs.Int("keep_count", 0, kMostJobs, config.keep_count);
  });
  return config;
}

}  // namespace probefarm
