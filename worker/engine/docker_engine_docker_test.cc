// DockerEngine on this machine's Docker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/runtime/status_matchers.h"
#include "worker/engine/container_engine_contract.h"
#include "worker/engine/engine_sandbox.h"
#include "worker/engine/fake_tree.h"
#include "worker/engine/real_container_contract.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

EngineUnderTest const kDocker = EngineAt("/var/run/docker.sock");

INSTANTIATE_TEST_SUITE_P(Docker, ContainerEngineContract, testing::Values(kDocker));
INSTANTIATE_TEST_SUITE_P(Docker, RealContainer, testing::Values(kDocker));

// What Docker does and a rootless Podman does not, or not on every machine.
class DockerContainer : public RealContainer {};

INSTANTIATE_TEST_SUITE_P(Docker, DockerContainer, testing::Values(kDocker));

TEST_P(DockerContainer, CannotForkWithoutEnd) {
  ContainerSpec spec = sandbox().Script(
      "forks", "i=0; while [ $i -lt 200 ]; do sleep 600 & i=$((i+1)); done; echo all");
  spec.pids = 32;
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_NE(outcome.exit.code, 0);
  EXPECT_THAT(outcome.log, AllOf(HasSubstr("can't fork"), Not(HasSubstr("all"))));
}

TEST_P(DockerContainer, SaysThatItRanOutOfMemory) {
  ContainerSpec spec = sandbox().Script("eats", "tail /dev/zero; exit 3");
  spec.memory_bytes = int64_t{64} << 20;
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_EQ(outcome.exit.code, 3);
  EXPECT_TRUE(outcome.exit.out_of_memory);
}

// Its init is what starts, and what fails.
TEST_P(DockerContainer, ThatCannotRunItsCommandSaysWhy) {
  ContainerSpec spec = sandbox().Script("broken", "");
  spec.command = {"/no/such/program"};
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_EQ(outcome.exit.code, 127);
  EXPECT_THAT(outcome.log, HasSubstr("/no/such/program"));
}

TEST_P(DockerContainer, TakesNothingWhereItMayNotWrite) {
  std::string const name = sandbox().Unique("volume");
  ASSERT_OK(sandbox().CreateVolume(name));
  ContainerSpec spec = sandbox().Script("sealed", "");
  spec.mounts = {{name, "/data", /*read_only=*/true}};
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(spec));
  ASSERT_OK_AND_ASSIGN(std::string const tar, WriteTar({{"in", {.content = "refused"}}}));
  ContainerEngine& engine = sandbox().engine();
  EXPECT_THAT(engine.PutArchive(id, "/data", SourceOf(tar)), Not(IsOk()));
  EXPECT_THAT(engine.PutArchive(id, "/bin", SourceOf(tar)), Not(IsOk()));
}

TEST_P(DockerContainer, IsHeldToItsMemory) {
  ASSERT_OK_AND_ASSIGN(EngineHost const host, sandbox().engine().Host());
  EXPECT_TRUE(host.limits_memory);
}

}  // namespace
}  // namespace probefarm
