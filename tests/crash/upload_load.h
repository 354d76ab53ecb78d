#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "probefarm/v1/catalog.grpc.pb.h"
#include "probefarm/v1/jobs.grpc.pb.h"
#include "probefarm/v1/worker.grpc.pb.h"
#include "tests/crash/light_worker.h"

namespace probefarm {

struct UploadLoadOptions {
  unsigned seed = 1;
  int workers = 4;
  int releases = 3;  // over which the probes go in turn
  size_t file_bytes = 20'000;
  absl::Duration step_pause = absl::ZeroDuration();  // LightWorkerOptions::step_pause
};

// Light workers, and a client that orders probes from them. They go on over every crash of the
// coordinator. Workers die now and then while SetDeaths() says so. The workers run from
// construction to Stop(); all else belongs to one thread.
class UploadLoad {
 public:
  UploadLoad(std::string const& address, UploadLoadOptions const& options);
  ~UploadLoad() { Stop(); }

  // Once in so many steps of an upload; 0: never.
  void SetDeaths(int once_in) { dies_once_in_ = once_in; }
  // So many new probes. DEADLINE_EXCEEDED when nobody answers for half a minute.
  absl::Status Order(int probes);
  // Idempotent.
  void Stop();

  int ordered() const { return ordered_; }
  // After Stop().
  int64_t deaths() const;
  int64_t uploads() const;

  // Of every job that was ordered. UNAVAILABLE, … as the coordinator says it.
  absl::StatusOr<std::vector<v1::Job>> AllJobs();
  // The whole catalog.
  absl::StatusOr<std::vector<v1::PublishedProbe>> AllProbes();

 private:
  UploadLoadOptions const options_;
  std::unique_ptr<v1::JobService::Stub> jobs_;
  std::unique_ptr<v1::CatalogService::Stub> catalog_;
  std::unique_ptr<v1::WorkerService::Stub> stub_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> dies_once_in_ = 0;
  int ordered_ = 0;
  std::vector<std::unique_ptr<LightWorker>> workers_;
  std::vector<std::thread> threads_;
};

}  // namespace probefarm
