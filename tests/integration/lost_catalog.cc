#include "tests/integration/lost_catalog.h"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using nlohmann::json;

std::map<std::string, std::string> Digests(json const& probes) {
  std::map<std::string, std::string> digests;
  for (json const& probe : probes) digests[probe["asset_name"]] = probe["sha256"];
  return digests;
}

}  // namespace

absl::Status RestartWithoutDatabase(Farm& farm) {
  farm.coordinator().Signal(SIGKILL);
  RETURN_IF_ERROR(farm.coordinator().WaitForExit().status());
  int removed = 0;
  for (auto const& entry : std::filesystem::directory_iterator(farm.folder() + "/data")) {
    if (!absl::StartsWith(entry.path().filename().string(), "probefarm.db")) continue;
    removed += std::filesystem::remove(entry.path()) ? 1 : 0;
  }
  if (removed == 0) return absl::NotFoundError("there is no database");
  return farm.StartCoordinator();
}

void ExpectSameProbes(Farm const& farm, json const& before) {
  ASSERT_OK_AND_ASSIGN(json const backfill, farm.Ask({"backfill"}));
  EXPECT_EQ(backfill["enqueued"], 0);
  EXPECT_EQ(backfill["already_published"], before.size());
  ASSERT_OK_AND_ASSIGN(json const now, farm.Ask({"probes"}));
  EXPECT_EQ(Digests(now), Digests(before));
  for (json const& probe : now) EXPECT_EQ(probe["adopted"], true) << probe;
  ASSERT_OK_AND_ASSIGN(json const jobs, farm.Ask({"jobs"}));
  EXPECT_THAT(jobs, testing::IsEmpty());
}

}  // namespace probefarm
