#include "coordinator/api/status_call.h"

#include <memory>
#include <vector>

#include "coordinator/api/releases_call.h"
#include "coordinator/api/wire.h"
#include "coordinator/store/await.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

void FillFeed(FeedState const& feed, v1::FeedStatus& wire) {
  wire.set_name(feed.name);
  wire.set_kernels(static_cast<int64_t>(feed.kernels.size()));
  for (Kernel const& kernel : feed.kernels) {
    if (!kernel.missing.empty()) wire.set_incomplete(wire.incomplete() + 1);
  }
  if (feed.last_success) *wire.mutable_last_success() = ToWire(*feed.last_success);
  wire.set_error(feed.error);
}

void FillRoom(ReleaseRoom const& place, v1::ReleaseRoom& wire) {
  wire.set_repository(place.release.repository);
  wire.set_tag(place.release.tag);
  wire.set_room(place.room);
}

}  // namespace

void FillCounts(JobCounts const& counts, google::protobuf::RepeatedPtrField<v1::StateCount>& wire) {
  for (auto const& [state, count] : counts) {
    v1::StateCount* const entry = wire.Add();
    entry->set_state(ToWire(state));
    entry->set_count(count);
  }
}

absl::Status StatusCall::Fill(v1::GetStatusResponse& response) const {
  response.set_version(facts.version);
  *response.mutable_started_at() = ToWire(facts.started_at);
  response.set_download_url(facts.download_url);
  response.set_signing_key(facts.signing_key);
  ASSIGN_OR_RETURN(JobCounts const counts,
                   Await<JobCounts>([&](auto done) { store.CountJobs({}, std::move(done)); }));
  FillCounts(counts, *response.mutable_jobs());
  ASSIGN_OR_RETURN(auto const workers, Await<std::vector<WorkerRecord>>(
                                           [&](auto done) { store.ListWorkers(std::move(done)); }));
  for (WorkerRecord const& worker : workers) {
    if (!worker.live) continue;
    response.set_live_workers(response.live_workers() + 1);
    response.set_slots(response.slots() + worker.slots);
    response.set_free_slots(response.free_slots() + worker.free_slots);
  }
  ASSIGN_OR_RETURN(int64_t const published, Await<int64_t>([&](auto done) {
                     store.CountAssets({.presence = AssetPresence::kPresent}, std::move(done));
                   }));
  response.set_published(published);
  ASSIGN_OR_RETURN(auto const stale, Await<std::vector<StaleRelease>>(
                                         [&](auto done) { store.StaleReleases(std::move(done)); }));
  response.set_stale_releases(static_cast<int64_t>(stale.size()));
  ASSIGN_OR_RETURN(Controls const controls,
                   Await<Controls>([&](auto done) { store.GetControls(std::move(done)); }));
  response.set_paused(controls.paused);
  response.set_release_host_error(std::string(facts.release_host().message()));
  *response.mutable_releases() = SummaryOf(facts.reconciled());
  for (ReleaseRoom const& place : facts.rooms()) FillRoom(place, *response.add_rooms());
  std::shared_ptr<Inventory const> const present = inventory.Get();
  for (FeedState const& feed : present->feeds) FillFeed(feed, *response.add_feeds());
  for (DriverState const& driver : present->drivers) {
    v1::DriverStatus* const wire = response.add_drivers();
    wire->set_version(driver.version);
    wire->set_error(driver.error);
  }
  return absl::OkStatus();
}

}  // namespace probefarm
