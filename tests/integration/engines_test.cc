// The same jobs on Docker and on a rootless Podman.
#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"
#include "tests/testing/podman/podman_engine.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::SizeIs;

using Digests = std::map<std::string, std::string>;  // by the asset's name

class EnginesTest : public BuildingFarm {
 protected:
  // Orders everything of a farm and waits until all of it is published.
  static Digests PublishAll(Farm const& farm) {
    absl::StatusOr<SubprocessResult> const watched = farm.Client({"backfill", "--watch"});
    EXPECT_OK(watched);
    absl::StatusOr<json> const probes = farm.Ask({"probes"});
    EXPECT_OK(probes);
    Digests digests;
    if (probes.ok())
      for (json const& probe : *probes) digests[probe["asset_name"]] = probe["sha256"];
    return digests;
  }

  Digests PublishWithDocker() {
    auto const one = StartWorker("one");
    auto const two = StartWorker("two");
    return PublishAll(farm_);
  }

  // A farm that has seen nothing of the other, but for the archive and the builder image.
  Digests PublishWithPodman(PodmanEngine const& podman) {
    std::string const folder = folder_ / "podman";
    std::filesystem::create_directory(folder);
    Farm farm(folder);
    farm.WriteConfig(config_);
    EXPECT_OK(farm.StartCoordinator());
    EXPECT_OK(WaitUntil("the feeds are read", [&] {
      absl::StatusOr<json> const kernels = farm.Ask({"kernels"});
      return kernels.ok() && kernels->size() == header_volumes_.size();
    }));
    absl::StatusOr<std::unique_ptr<FarmEngine>> const engine =
        FarmEngine::Connect(podman.address());
    EXPECT_OK(engine);
    if (!engine.ok()) return {};
    for (std::string const& volume : header_volumes_) (*engine)->WillHaveHeaderVolume(volume);
    auto const worker = farm.StartWorker(
        "three", {"--id", (*engine)->WorkerId("three"), "--engine", podman.address()});
    EXPECT_OK(worker);
    return PublishAll(farm);
  }
};

TEST_F(EnginesTest, GiveTheSameBytes) {
  ASSERT_OK_AND_ASSIGN(auto const podman, PodmanEngine::Start());
  std::vector<SmallKernel> kernels;
  for (int abi = 1; abi <= 6; ++abi) kernels.push_back({.abi = abi});
  ASSERT_NO_FATAL_FAILURE(Start(kernels));
  Digests const with_docker = PublishWithDocker();
  EXPECT_THAT(with_docker, SizeIs(12));
  EXPECT_EQ(PublishWithPodman(*podman), with_docker);
}

}  // namespace
}  // namespace probefarm
