#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/synchronization/mutex.h"
#include "bench/load/beanstalk.h"
#include "bench/load/dispatch.h"
#include "bench/load/echo.h"
#include "bench/load/fill.h"
#include "bench/load/lifecycles.h"
#include "bench/load/load_spec.h"
#include "bench/load/polls.h"

namespace probefarm {
namespace {

void PrintLatencies(Latencies const& times) {
  std::cout << nlohmann::json{{"p50_ms", times.Percentile(50)}, {"p99_ms", times.Percentile(99)}}
            << '\n';
}

void PrintRate(double a_second) { std::cout << nlohmann::json{{"rate", a_second}} << '\n'; }

int Run(int argc, char** argv) {
  CLI::App app("Load for measurements: see bench/leases.py");
  app.require_subcommand(1);
  LifecycleLoad load;
  double seconds = 3;
  int count = 0;
  auto const verb = [&](char const* name, char const* description) {
    CLI::App* const added = app.add_subcommand(name, description);
    added->add_option("ADDRESS", load.address)->required();
    added->add_option("--seconds", seconds);
    added->add_option("--in-flight", load.in_flight);
    added->add_option("--count", count);
    return added;
  };
  auto* const lifecycles = verb("lifecycles", "enqueue, acquire and report jobs");
  lifecycles->add_option("--enqueue-by", load.enqueue_by);
  lifecycles->add_option("--lease-by", load.lease_by);
  auto* const echo = verb("echo", "call an echo server");
  auto* const echo_server = verb("echo-server", "serve echoes");
  auto* const beanstalk = verb("beanstalk", "put, reserve and delete; ADDRESS is a port");
  auto* const dispatch = verb("dispatch", "time from enqueue to lease");
  auto* const fill = verb("fill", "enqueue --count jobs");
  auto* const acquire = verb("acquire", "time of --count acquires");
  auto* const polls = verb("polls", "--count workers wait");
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    return app.exit(error);
  }
  load.time = absl::Seconds(seconds);
  if (*lifecycles) PrintRate(MeasureLifecycles(load));
  if (*echo) PrintRate(MeasureEcho(load.address, load.in_flight, load.time));
  if (*echo_server) ServeEcho(load.address);
  if (*beanstalk) PrintRate(MeasureBeanstalk(std::stoi(load.address), load.in_flight, load.time));
  if (*dispatch) PrintLatencies(MeasureDispatch(load.address, count));
  if (*fill) FillQueue(load.address, count);
  if (*acquire) PrintLatencies(MeasureAcquire(load.address, count));
  if (*polls) HoldPolls(load.address, count, load.time);
  return 0;
}

}  // namespace
}  // namespace probefarm

int main(int argc, char** argv) {
  // As in the coordinator, so that both ends of the echo are as fast as its own.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  try {
    return probefarm::Run(argc, argv);
  } catch (std::exception const& error) {
    std::cerr << "probefarm-load: " << error.what() << '\n';
    return 1;
  }
}
