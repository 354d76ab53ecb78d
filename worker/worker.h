#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/tls/transport_rule.h"
#include "worker/lease/stop_signal.h"

namespace probefarm {

// What the command line says (main.cc).
struct WorkerOptions {
  std::string coordinator;  // ADDR:PORT
  // Its CA is believed for gRPC, and for https at the coordinator's host.
  ClientTransport transport;
  // No two workers of a farm have the same; one whose id another takes stops. Empty: kept in the
  // cache folder, made at the first start (worker_id.h).
  std::string id;
  int slots = 1;                      // builds at the same time, at least 1
  int64_t memory_bytes_per_slot = 0;  // 0: the machine's memory shared out
  // Made when it is not there. Below it: inputs/ and headers/, which several workers may share,
  // spool/<id>/ for built files that wait for their upload, and the kept id.
  std::string cache_dir;
  int64_t cache_bytes = int64_t{20} << 30;    // of inputs/; spooled files do not count
  int64_t headers_bytes = int64_t{30} << 30;  // of the engine's header volumes
  // No lease is asked for with less room than this, in the cache folder or in the engine's, where
  // that one is on this machine.
  int64_t min_free_bytes = int64_t{2} << 30;
  // How long a drain may take before it becomes a stop; infinite: as long as it takes.
  absl::Duration drain_timeout = absl::InfiniteDuration();
  std::string engine;                         // unix:///var/run/docker.sock
  std::map<std::string, std::string> labels;  // drivers can ask for them (worker_labels)
  // Ids of the builder images that are built in here; empty: whichever the coordinator names.
  std::set<std::string> builders;
  std::string version;  // of this program, for servers that are asked
};

// The worker, whole: the one place that names concrete classes together.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Worker> const worker, Worker::Make(options));
//   return worker->Run();  // until another thread calls worker->Drain()
class Worker {
 public:
  // Asks the engine for its version and removes what dead runs of this worker left there and in the
  // spool folder, so one worker at a time runs with an id; does not speak to the coordinator yet.
  // Errors name what is in the way: a transport that CheckClientTransport() or TlsWatch refuses, an
  // engine that does not answer, a cache folder that cannot be
  // written, a machine that is neither x86_64 nor aarch64.
  static absl::StatusOr<std::unique_ptr<Worker>> Make(WorkerOptions const& options);
  ~Worker();

  Worker(Worker const&) = delete;
  Worker& operator=(Worker const&) = delete;

  // Builds until Drain() or Stop(); then finishes, or gives back, what it holds. Blocks; to be
  // called once. A coordinator that does not answer is asked again for as long as it takes.
  // FAILED_PRECONDITION when another worker took over this one's id.
  absl::Status Run();

  // Takes nothing new, finishes what it holds, uploads included, which can take long while the
  // release host is not to be had: after `drain_timeout` it stops. From any thread, before Run()
  // too, which then ends at once.
  void Drain();
  // Kills what runs, deletes what waits for its upload and gives the leases back. From any thread,
  // after Drain() too.
  void Stop();

 private:
  struct Parts;
  explicit Worker(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace probefarm
