#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/lease/stop_signal.h"

namespace probefarm {

struct WorkerOptions {
  std::string coordinator;  // ADDR:PORT
  std::string id;           // empty: kept in the cache folder, made at the first start
  int slots = 1;
  int64_t memory_bytes_per_slot = 0;  // 0: the machine's memory shared out
  std::string cache_dir;
  int64_t cache_bytes = int64_t{20} << 30;
  std::string engine;  // unix:///var/run/docker.sock
  std::string version;
};

// The worker, whole: the one place that names concrete classes together.
class Worker {
 public:
  // Errors name what is in the way: an engine that does not answer, a cache folder that cannot be
  // written.
  static absl::StatusOr<std::unique_ptr<Worker>> Make(WorkerOptions const& options);
  ~Worker();

  Worker(Worker const&) = delete;
  Worker& operator=(Worker const&) = delete;

  // Builds until Drain() or Stop(); then finishes, or gives back, what it holds.
  // FAILED_PRECONDITION when another worker took over this one's id.
  absl::Status Run();

  // Takes nothing new, finishes what it holds. From any thread.
  void Drain();
  // Kills what runs and gives its leases back. From any thread.
  void Stop();

 private:
  struct Parts;
  explicit Worker(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace probefarm
