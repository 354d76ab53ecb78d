#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "coordinator/inventory/inventory.h"
#include "coordinator/releases/reconciler.h"
#include "coordinator/store/store.h"
#include "google/protobuf/repeated_field.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

// What a status answer says that nobody but the server knows.
struct ServerFacts {
  std::string version;
  absl::Time started_at;
  std::string download_url;                     // releases are below this
  std::function<absl::Status()> release_host;   // is it reachable? Called on the executor
  std::string signing_key;                      // its id; empty: nothing is signed
  std::function<ReconcileReport()> reconciled;  // of the last pass
  // RoomWatch::rooms().
  std::function<std::vector<ReleaseRoom>()> rooms;
};

void FillCounts(JobCounts const& counts, google::protobuf::RepeatedPtrField<v1::StateCount>& wire);

// What JobService.GetStatus works with. All of it outlives the call.
struct StatusCall {
  Store& store;
  InventoryBoard& inventory;
  ServerFacts const& facts;

  // Asks store and release host, and blocks on them. A host in trouble is part of the answer.
  absl::Status Fill(v1::GetStatusResponse& response) const;
};

}  // namespace probefarm
