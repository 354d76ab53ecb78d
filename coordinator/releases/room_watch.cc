#include "coordinator/releases/room_watch.h"

#include <utility>

#include "coordinator/store/await.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

std::set<std::string> FullTags(std::vector<ReleaseRoom> const& rooms) {
  std::set<std::string> full;
  for (ReleaseRoom const& place : rooms) {
    if (RoomUnder(place.release.tag, rooms) == 0) full.insert(place.release.tag);
  }
  return full;
}

HeldBack WhatGoesUnder(std::set<std::string> tags) {
  if (tags.empty()) return nullptr;
  return [tags = std::move(tags)](std::string const& driver_version, Arch arch) {
    ProbeId probe;
    probe.driver_version = driver_version;
    probe.arch = arch;
    return tags.contains(ReleaseTag(probe));
  };
}

void LogChange(std::set<std::string> const& before, std::set<std::string> const& now) {
  for (std::string const& tag : now) {
    if (!before.contains(tag)) {
      Log(LogLevel::kWarning,
          "no release has room: jobs of this tag wait; add a repository to "
          "releases.github.repositories",
          {{"tag", tag}});
    }
  }
  for (std::string const& tag : before) {
    if (!now.contains(tag)) Log(LogLevel::kInfo, "releases have room again", {{"tag", tag}});
  }
}

}  // namespace

std::optional<int64_t> RoomUnder(std::string const& tag, std::vector<ReleaseRoom> const& rooms) {
  std::optional<int64_t> sum;
  for (ReleaseRoom const& place : rooms) {
    if (place.release.tag == tag) sum = sum.value_or(0) + place.room;
  }
  return sum;
}

RoomWatch::RoomWatch(Store& store, ReleaseHost& host, Metrics& metrics)
    : store_(store), host_(host), metrics_(metrics) {}

void RoomWatch::RunOnce() {
  std::vector<ReleaseRoom> rooms = host_.Rooms();
  ShowRooms(rooms);
  std::set<std::string> const full = FullTags(rooms);
  std::set<std::string> before;
  {
    MutexLock lock(mu_);
    rooms_ = std::move(rooms);
    before = full_;
  }
  if (full == before) return;
  auto const told =
      Await<bool>([&](auto done) { store_.HoldBack(WhatGoesUnder(full), std::move(done)); });
  if (!told.ok()) {  // the next round says it again
    Log(LogLevel::kWarning, "jobs without room were not held back",
        {{"error", told.status().ToString()}});
    return;
  }
  LogChange(before, full);
  MutexLock lock(mu_);
  full_ = full;
}

std::vector<ReleaseRoom> RoomWatch::rooms() const {
  MutexLock lock(mu_);
  return rooms_;
}

void RoomWatch::ShowRooms(std::vector<ReleaseRoom> const& rooms) {
  for (ReleaseRoom const& place : rooms) {
    metrics_.Set("probefarm_release_room", "How many more probes fit into a release",
                 {{"repository", place.release.repository}, {"tag", place.release.tag}},
                 static_cast<double>(place.room));
  }
}

}  // namespace probefarm
