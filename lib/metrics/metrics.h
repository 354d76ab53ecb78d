#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"

namespace probefarm {

using MetricLabels = std::map<std::string, std::string>;

// Counters, gauges and histograms by name, for a /metrics page. Names carry their unit
// ("probefarm_build_seconds") and are registered by first use; `help` is the first one given.
// A measurement whose name is not one, or stands for another type already, is logged and dropped.
// Each set of labels is kept for good: no label may take values without end. Thread-safe.
// prometheus-cpp does the work.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  void Count(std::string const& name, std::string const& help, MetricLabels const& labels = {},
             double by = 1);
  void Set(std::string const& name, std::string const& help, MetricLabels const& labels,
           double value);
  // In seconds, into buckets from a millisecond to an hour.
  void Observe(std::string const& name, std::string const& help, MetricLabels const& labels,
               absl::Duration value);

  // The page, in Prometheus' text format.
  std::string Render() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace probefarm
