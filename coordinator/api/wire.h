#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "coordinator/feeds/kernel_feed.h"
#include "coordinator/leasing/phase_board.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/records.h"
#include "lib/rpc/wire.h"
#include "probefarm/v1/catalog.pb.h"
#include "probefarm/v1/jobs.pb.h"
#include "probefarm/v1/types.pb.h"
#include "probefarm/v1/worker.pb.h"

namespace probefarm {

// Between the coordinator's domain types and generated messages; lib/rpc/wire.h has what workers
// and clients need too. Towards the domain everything is checked: INVALID_ARGUMENT names the field.

// Towards the wire nothing can fail. Times and probes are lib/rpc/wire.h's.
v1::JobState ToWire(JobState state);
v1::Reason ToWire(Reason const& reason);
// Phase and progress are left out unless a worker holds the job, `not_before` unless it waits for
// its backoff.
v1::Job ToWire(Job const& job, LeaseProgress const& progress);
v1::LeaseVerdict ToWire(LeaseVerdict verdict);
v1::UploadGrant ToWire(UploadGrant const& grant);
v1::UploadWait ToWire(WaitUntil const& wait);
v1::Kernel ToWire(Kernel const& kernel);
v1::PublishedProbe ToWire(PublishedAsset const& asset);
v1::WithdrawnProbe ToWire(Withdrawal const& withdrawal);
// Phases and draining are looked up under the worker's present session.
v1::Worker ToWire(WorkerRecord const& worker, PhaseBoard const& phases);

// Labels are those of the message, as "key=value", and "engine=" with the engine's first word.
// INVALID_ARGUMENT for an arch that is none, more than 64 labels or builders, one that cannot be,
// or less than no free disk.
absl::StatusOr<Capabilities> FromWire(v1::Capabilities const& wire);
// Nothing for 0, which says nothing. INVALID_ARGUMENT when negative.
absl::StatusOr<std::optional<int64_t>> FreeDiskFromWire(int64_t bytes);
// Whether there is such a lease is the store's to say.
LeaseKey FromWire(v1::LeaseName const& name);
// kUnknown for a phase of a newer worker. The text is cut to 200 bytes, between two characters.
LeaseProgress FromWire(v1::HeldLease const& held);
// Code and text are cut to 4096 bytes, between two characters.
Reason FromWire(v1::Reason const& reason);
// The digest is 64 lower-case hexadecimal digits, the size positive.
absl::StatusOr<Artifact> FromWire(v1::Artifact const& artifact);
// Both compile the expression for the kernel, with a bound on its memory, and refuse one that RE2
// does not take; unset fields mean all.
absl::StatusOr<JobFilter> FromWire(v1::JobFilter const& wire);
absl::StatusOr<AssetFilter> ToAssetFilter(v1::ProbeFilter const& wire);

// 1 to `limit`, and `fallback` for 0. INVALID_ARGUMENT otherwise.
//
//   CheckPageSize(0, 100, 1000)     100
//   CheckPageSize(2000, 100, 1000)  INVALID_ARGUMENT
absl::StatusOr<int> CheckPageSize(int requested, int fallback, int limit);

}  // namespace probefarm
