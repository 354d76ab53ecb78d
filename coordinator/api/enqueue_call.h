#pragma once

#include <grpcpp/support/server_callback.h>

#include "coordinator/backfill/enqueuer.h"
#include "coordinator/store/store.h"
#include "lib/runtime/executor.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

// What JobService.Enqueue works with. All of it outlives the call.
struct EnqueueCall {
  Store& store;
  Enqueuer& enqueuer;
  Executor& executor;

  // Finishes `reactor` when the jobs are on disk. Plans on the executor where that asks the store.
  // RESOURCE_EXHAUSTED for more entries than one transaction should have; INVALID_ARGUMENT for a
  // key or lane that cannot be, or a key that was used for a batch of another length.
  void Start(grpc::ServerUnaryReactor* reactor, v1::EnqueueRequest const& request,
             v1::EnqueueResponse* response) const;
};

}  // namespace probefarm
