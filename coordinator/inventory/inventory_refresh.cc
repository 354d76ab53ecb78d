#include "coordinator/inventory/inventory_refresh.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

template <class State, class Name>
State const* FindByName(std::vector<State> const& states, Name State::*name,
                        std::string const& wanted) {
  auto const found = std::find_if(states.begin(), states.end(),
                                  [&](State const& state) { return state.*name == wanted; });
  return found == states.end() ? nullptr : &*found;
}

}  // namespace

InventoryRefresh::InventoryRefresh(std::vector<KernelFeed*> feeds,
                                   std::vector<PackageIndex*> packages,
                                   std::vector<DriverConfig> drivers, Store& store,
                                   InventoryBoard& board, Clock& clock, Metrics& metrics)
    : feeds_(std::move(feeds)),
      packages_(std::move(packages)),
      drivers_(std::move(drivers)),
      store_(store),
      board_(board),
      clock_(clock),
      metrics_(metrics) {}

void InventoryRefresh::RunOnce() {
  std::shared_ptr<Inventory const> const before = board_.Get();
  Inventory now;
  for (KernelFeed* feed : feeds_) {
    now.feeds.push_back(Read(*feed, FindByName(before->feeds, &FeedState::name, feed->name())));
  }
  for (DriverConfig const& driver : drivers_) {
    now.drivers.push_back(
        Find(driver, FindByName(before->drivers, &DriverState::version, driver.version)));
  }
  board_.Set(std::move(now));
}

FeedState InventoryRefresh::Read(KernelFeed& feed, FeedState const* before) {
  absl::Time const started = clock_.Now();
  absl::StatusOr<std::vector<Kernel>> kernels = feed.Fetch();
  MetricLabels const labels = {{"feed", feed.name()}};
  metrics_.Observe("probefarm_feed_seconds", "Time to read a feed", labels, clock_.Now() - started);
  metrics_.Count("probefarm_feed_errors_total", "Readings of a feed that failed", labels,
                 kernels.ok() ? 0 : 1);
  if (!kernels.ok()) {
    Log(LogLevel::kError, "feed failed, its last good state stays in force",
        {{"feed", feed.name()}, {"error", kernels.status().ToString()}});
    FeedState state = before != nullptr ? *before : FeedState{feed.name(), {}, std::nullopt, ""};
    state.error = std::string(kernels.status().message());
    return state;
  }
  metrics_.Set("probefarm_feed_kernels", "Kernels that a feed lists", labels,
               static_cast<double>(kernels->size()));
  Log(LogLevel::kInfo, "feed read",
      {{"feed", feed.name()},
       {"kernels", kernels->size()},
       {"took", absl::FormatDuration(clock_.Now() - started)}});
  return {feed.name(), *std::move(kernels), clock_.Now(), ""};
}

DriverState InventoryRefresh::Find(DriverConfig const& driver, DriverState const* before) {
  absl::StatusOr<ArchiveInput> archive = FindSource(driver);
  if (archive.ok())
    return {driver.version,
            DriverSource{driver.version, *std::move(archive), driver.kinds, driver.worker_labels},
            ""};
  Log(LogLevel::kError, "no source for the driver",
      {{"driver", driver.version}, {"error", archive.status().ToString()}});
  DriverState state = before != nullptr ? *before : DriverState{driver.version, std::nullopt, ""};
  state.error = std::string(archive.status().message());
  return state;
}

absl::StatusOr<ArchiveInput> InventoryRefresh::FindSource(DriverConfig const& driver) {
  if (auto const* archive = std::get_if<ArchiveInput>(&driver.source)) return *archive;
  ASSIGN_OR_RETURN(Input file, FindPackage(std::get<PackageSource>(driver.source)));
  std::string const key = absl::StrCat("driver-source ", driver.version);
  ASSIGN_OR_RETURN(std::string const pinned, Await<std::string>([&](auto done) {
                     store_.Pin(key, file.sha256, std::move(done));
                   }));
  if (pinned != file.sha256) {
    return absl::FailedPreconditionError(
        absl::StrCat("the source of driver ", driver.version, " was first seen with sha256 ",
                     pinned, ", the archive now has ", file.name, " with ", file.sha256,
                     ": give the new source a driver version of its own, or its URL and digest"));
  }
  return ArchiveInput{std::move(file), ArchiveFormat::kDeb, ""};
}

absl::StatusOr<Input> InventoryRefresh::FindPackage(PackageSource const& package) {
  absl::Status status = absl::NotFoundError("no feed is configured that could know a package");
  for (PackageIndex* index : packages_) {
    absl::StatusOr<Input> found = index->FindPackage(package.suite, package.package);
    if (found.ok()) return found;
    status = found.status();
  }
  return status;
}

}  // namespace probefarm
