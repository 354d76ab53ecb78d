#include "lib/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <exception>

#include "lib/runtime/log.h"

namespace probefarm {
namespace {

prometheus::Histogram::BucketBoundaries const& Seconds() {
  static auto const* const bounds = new prometheus::Histogram::BucketBoundaries{
      0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600};
  return *bounds;
}

// prometheus-cpp throws at names that the format forbids and at a name of two types. Both are
// mistakes of the caller, and no reason to fail what was being measured.
template <class Record>
void RecordOrLog(std::string const& name, Record const& record) {
  try {
    record();
  } catch (std::exception const& error) {
    Log(LogLevel::kError, "measurement dropped", {{"metric", name}, {"error", error.what()}});
  }
}

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::Count(std::string const& name, std::string const& help, MetricLabels const& labels,
                    double by) {
  RecordOrLog(name, [&] {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
    family.Add(labels).Increment(by);
  });
}

void Metrics::Set(std::string const& name, std::string const& help, MetricLabels const& labels,
                  double value) {
  RecordOrLog(name, [&] {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
    family.Add(labels).Set(value);
  });
}

void Metrics::Observe(std::string const& name, std::string const& help, MetricLabels const& labels,
                      absl::Duration value) {
  RecordOrLog(name, [&] {
    auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
    family.Add(labels, Seconds()).Observe(absl::ToDoubleSeconds(value));
  });
}

std::string Metrics::Render() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace probefarm
