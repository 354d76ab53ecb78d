#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "lib/rpc/channel.h"
#include "probefarm/v1/jobs.grpc.pb.h"
#include "probefarm/v1/worker.grpc.pb.h"

namespace probefarm {

// A coordinator under load, over several connections, since one is served by one thread at a time.
class Peer {
 public:
  explicit Peer(std::string const& address, int connections = 4);

  // For the caller with this number; the stubs are thread-safe.
  v1::JobService::Stub& jobs(size_t caller) { return *jobs_[caller % jobs_.size()]; }
  v1::WorkerService::Stub& workers(size_t caller) { return *workers_[caller % workers_.size()]; }

  // A session of a worker of that name, with plenty of memory. Throws when that fails, as does
  // Report().
  std::string OpenSession(std::string const& worker);
  // The end of a run, as every load has it: the job failed for good.
  static v1::CompleteRequest Failure(std::string const& session, v1::LeaseName const& lease);
  void Report(std::string const& session, v1::LeaseName const& lease);

 private:
  std::vector<std::unique_ptr<v1::JobService::Stub>> jobs_;
  std::vector<std::unique_ptr<v1::WorkerService::Stub>> workers_;
};

// A channel with a connection of its own.
std::shared_ptr<grpc::Channel> OwnChannel(std::string const& address);

// Throws std::runtime_error with the call's name and the error, unless it went well.
void Check(grpc::Status const& status, char const* call);

}  // namespace probefarm
