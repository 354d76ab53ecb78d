#include "coordinator/config/lease_config.h"

namespace probefarm {
namespace {

constexpr absl::Duration kShortest = absl::Seconds(1);
constexpr absl::Duration kLongestTtl = absl::Hours(1);
constexpr absl::Duration kLongestWait = absl::Minutes(5);
constexpr absl::Duration kLongestBackoff = absl::Hours(24);
constexpr int kMostRuns = 10000;

int ReadCount(YamlMapping& mapping, absl::string_view key, int least, int default_value) {
  return static_cast<int>(mapping.Int(key, least, kMostRuns, default_value));
}

AttemptPolicy ReadAttempts(YamlMapping& leases) {
  AttemptPolicy policy;
  policy.max_attempts = ReadCount(leases, "max_attempts", 1, policy.max_attempts);
  policy.max_free_requeues = ReadCount(leases, "max_free_requeues", 0, policy.max_free_requeues);
  policy.poison_losses = ReadCount(leases, "poison_losses", 1, policy.poison_losses);
  policy.poison_workers = ReadCount(leases, "poison_workers", 1, policy.poison_workers);
  Backoff& backoff = policy.backoff;
  backoff.base =
      leases.Duration("backoff_base", absl::Milliseconds(1), kLongestBackoff, backoff.base);
  backoff.limit =
      leases.Duration("backoff_limit", absl::Milliseconds(1), kLongestBackoff, backoff.limit);
  if (backoff.limit < backoff.base) leases.Error("backoff_limit", "is shorter than backoff_base");
  return policy;
}

}  // namespace

LeaseConfig ReadLeases(YamlMapping& top) {
  LeaseConfig config;
  top.Mapping("leases", YamlMapping::Presence::kOptional, [&](YamlMapping& leases) {
    config.ttl = leases.Duration("ttl", kShortest, kLongestTtl, config.ttl);
    config.acquire_wait_limit =
        leases.Duration("acquire_wait_limit", kShortest, kLongestWait, config.acquire_wait_limit);
    config.attempts = ReadAttempts(leases);
  });
  return config;
}

}  // namespace probefarm
