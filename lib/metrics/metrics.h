#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"

namespace probefarm {

// Values by label name: {{"state", "queued"}}.
using MetricLabels = std::map<std::string, std::string>;

// Counters, gauges and histograms by name, for a /metrics page. Names carry their unit
// ("probefarm_build_seconds") and are registered by first use; `help` is the first one given.
// A measurement whose name is not one, or stands for another type already, is logged and dropped.
// Each set of labels is kept for good: no label may take values without end. Thread-safe.
// prometheus-cpp does the work. One for a program, owned by what puts it together.
//
//   metrics.Count("probefarm_lease_expired_total", "Leases that expired");
//   metrics.Observe("probefarm_build_seconds", "Run time of builds", {{"kind", "bpf"}}, ran);
class Metrics {
 public:
  Metrics();
  ~Metrics();

  // Adds to a counter, which begins at 0 and never falls; by convention its name ends in "_total".
  void Count(std::string const& name, std::string const& help, MetricLabels const& labels = {},
             double by = 1);
  // Sets a gauge: the last value is the one that is shown.
  void Set(std::string const& name, std::string const& help, MetricLabels const& labels,
           double value);
  // Adds to a histogram: in seconds, into buckets from a millisecond to an hour; by
  // convention its name ends in "_seconds".
  void Observe(std::string const& name, std::string const& help, MetricLabels const& labels,
               absl::Duration value);

  // The page, in Prometheus' text format (version 0.0.4).
  std::string Render() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace probefarm
