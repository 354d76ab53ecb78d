#pragma once

#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "probefarm/v1/jobs.grpc.pb.h"
#include "probefarm/v1/worker.grpc.pb.h"
#include "tests/crash/lease_history.h"

namespace probefarm {

// Clients and workers that call a coordinator without pause, and tell the history what it answers.
// Where no answer comes, or an error that may pass, they send the same again, as the protocol lets
// them. Now and then a worker tries what it must not. Runs from construction to Stop().
class LeaseLoad {
 public:
  LeaseLoad(std::string const& address, LeaseHistory& history, unsigned seed, int clients = 1,
            int workers = 4);
  ~LeaseLoad() { Stop(); }

  // Waits for the calls under way. Idempotent.
  void Stop();

  // Every job that there is. UNAVAILABLE, … as the coordinator says it.
  absl::StatusOr<std::vector<v1::Job>> AllJobs();

 private:
  class Client;
  class Worker;

  std::unique_ptr<v1::JobService::Stub> jobs_;
  std::unique_ptr<v1::WorkerService::Stub> workers_;
  LeaseHistory& history_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace probefarm
