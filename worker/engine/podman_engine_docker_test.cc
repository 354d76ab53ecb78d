// DockerEngine on Podman's compatible socket, without root.
#include <gtest/gtest.h>

#include <memory>

#include "lib/runtime/status_matchers.h"
#include "tests/testing/podman/podman_engine.h"
#include "worker/engine/container_engine_contract.h"
#include "worker/engine/engine_sandbox.h"
#include "worker/engine/real_container_contract.h"

namespace probefarm {
namespace {

// Serves from before the first test until after the last.
class Podman : public testing::Environment {
 public:
  void SetUp() override { ASSERT_OK_AND_ASSIGN(engine_, PodmanEngine::Start()); }
  void TearDown() override { engine_ = nullptr; }
  std::string socket() const { return engine_->socket(); }

 private:
  std::unique_ptr<PodmanEngine> engine_;
};

auto* const kPodman =
    static_cast<Podman*>(testing::AddGlobalTestEnvironment(new Podman));  // gtest deletes it

// Its socket is known once it serves.
EngineUnderTest const kUnderTest = {[] { return EngineAt(kPodman->socket()).make(); },
                                    [](ContainerEngine& engine, std::string const& id) {
                                      return EngineAt(kPodman->socket()).remove_image(engine, id);
                                    }};

INSTANTIATE_TEST_SUITE_P(Podman, ContainerEngineContract, testing::Values(kUnderTest));
INSTANTIATE_TEST_SUITE_P(Podman, RealContainer, testing::Values(kUnderTest));

}  // namespace
}  // namespace probefarm
