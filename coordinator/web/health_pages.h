#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "coordinator/web/http_exchange.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// /healthz: the process answers. Touches nothing else. Thread-safe. For an orchestrator to restart
// a process that hangs; trouble elsewhere must not show here.
class LivenessPage final : public HttpHandler {
 public:
  static constexpr char kRoute[] = "/healthz";
  HttpAnswer Answer(IncomingRequest const& request) override;
};

// Something that the coordinator needs to do its work. The check bounds its own time. It is called
// on a thread of the HTTP server.
struct ReadinessCheck {
  std::string name;  // "store", "release host"
  std::function<absl::Status()> check;
};

// /readyz: 200 "ready", or 503 with the reasons, one a line. The checks run at most once a second
// and one caller at a time: meanwhile others are answered with the last result, so that a storm of
// requests, or a check that hangs, costs one thread. A last result of ten seconds ago says nothing
// any more: that is 503 too. Thread-safe.
//
//   store: UNAVAILABLE: the store has not answered for 3s
//   release host: …
class ReadinessPage final : public HttpHandler {
 public:
  static constexpr char kRoute[] = "/readyz";

  // `clock` must outlive the page. What the checks use must outlive it too.
  ReadinessPage(std::vector<ReadinessCheck> checks, Clock const* clock);
  // Blocks for the checks, when this caller is the one that runs them.
  HttpAnswer Answer(IncomingRequest const& request) override EXCLUDES(mu_);

 private:
  // Whether this caller is to run the checks.
  bool BeginCheck() EXCLUDES(mu_);
  HttpAnswer LastResult() EXCLUDES(mu_);
  // A line for each check that fails.
  std::string RunChecks() const;
  void EndCheck(std::string problems) EXCLUDES(mu_);

  std::vector<ReadinessCheck> const checks_;
  Clock const* const clock_;
  Mutex mu_;
  bool checking_ GUARDED_BY(mu_) = false;
  absl::Duration checked_at_ GUARDED_BY(mu_) = -absl::InfiniteDuration();  // since boot
  std::string problems_ GUARDED_BY(mu_) = "not checked yet";               // empty: ready
};

// /metrics, in Prometheus' text format. Thread-safe.
class MetricsPage final : public HttpHandler {
 public:
  static constexpr char kRoute[] = "/metrics";

  // `metrics` must outlive the page.
  explicit MetricsPage(Metrics const* metrics) : metrics_(metrics) {}
  HttpAnswer Answer(IncomingRequest const& request) override;

 private:
  Metrics const* const metrics_;
};

}  // namespace probefarm
