// DockerEngine on this machine's engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/http/http_client.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"
#include "worker/engine/container_engine_contract.h"
#include "worker/engine/docker_connection.h"
#include "worker/engine/docker_engine.h"
#include "worker/engine/docker_messages.h"
#include "worker/engine/engine_sandbox.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kSocket[] = "/var/run/docker.sock";
constexpr absl::Duration kLong = absl::Minutes(1);

absl::StatusOr<std::unique_ptr<ContainerEngine>> MakeEngine() {
  return MakeDockerEngine(absl::StrCat("unix://", kSocket));
}

absl::Status RemoveImage(ContainerEngine&, std::string const& id) {
  DockerConnection const connection(MakeUnixSocketHttpClient(kSocket, "probefarm-test"), kSocket,
                                    {});
  return connection
      .Succeed(connection.Call("DELETE", absl::StrCat("/images/", EscapedForUrl(id))),
               "remove image")
      .status();
}

INSTANTIATE_TEST_SUITE_P(Docker, ContainerEngineContract,
                         testing::Values(EngineUnderTest{MakeEngine, RemoveImage}));

struct Outcome {
  ContainerExit exit;
  std::string log;
};

class DockerContainer : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(sandbox_, EngineSandbox::Make({MakeEngine, RemoveImage}));
  }

  absl::StatusOr<Outcome> Run(ContainerSpec const& spec) {
    absl::Time const deadline = absl::Now() + kLong;
    ContainerEngine& engine = sandbox_->engine();
    ASSIGN_OR_RETURN(std::string const id, sandbox_->Create(spec));
    RETURN_IF_ERROR(engine.StartContainer(id));
    Outcome outcome;
    RETURN_IF_ERROR(
        engine.FollowLogs(id, SinkInto(outcome.log), [&] { return absl::Now() > deadline; }));
    ASSIGN_OR_RETURN(outcome.exit, engine.WaitContainer(id, kLong, [] { return false; }));
    return outcome;
  }

  std::unique_ptr<EngineSandbox> sandbox_;
};

TEST_F(DockerContainer, GivesItsOutputInOrderWhileItRuns) {
  ContainerSpec const spec = sandbox_->Script(
      "speaks", "echo one; sleep 0.3; echo two >&2; sleep 0.3; echo three; sleep 600");
  ContainerEngine& engine = sandbox_->engine();
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox_->Create(spec));
  ASSERT_OK(engine.StartContainer(id));
  absl::Time const deadline = absl::Now() + kLong;
  std::string log;
  auto const kill_at_three = [&](absl::string_view bytes) {
    absl::StrAppend(&log, bytes);
    return absl::StrContains(bytes, "three") ? engine.KillContainer(id) : absl::OkStatus();
  };
  EXPECT_OK(engine.FollowLogs(id, kill_at_three, [&] { return absl::Now() > deadline; }));
  EXPECT_EQ(log, "one\ntwo\nthree\n");
}

TEST_F(DockerContainer, SealedHasNoNetworkButLoopback) {
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(sandbox_->Script("sealed", "ls /sys/class/net")));
  EXPECT_EQ(outcome.log, "lo\n");
}

TEST_F(DockerContainer, SealedWritesNowhereAndHasNoCapabilitiesEvenAsRoot) {
  ContainerSpec spec = sandbox_->Script("sealed",
                                        "for path in /x /bin/x /data/x /etc/x; do"
                                        "  touch $path && echo wrote $path; "
                                        "done; grep -E 'Cap|NoNewPrivs' /proc/self/status");
  spec.user = "0:0";
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_THAT(outcome.log,
              AllOf(HasSubstr("Read-only file system"), Not(HasSubstr("wrote")),
                    HasSubstr("CapEff:\t0000000000000000"), HasSubstr("CapBnd:\t0000000000000000"),
                    HasSubstr("NoNewPrivs:\t1")));
}

TEST_F(DockerContainer, WritesToNoReadOnlyVolume) {
  std::string const volume = sandbox_->Unique("volume");
  ASSERT_OK(sandbox_->CreateVolume(volume));
  ContainerSpec spec = sandbox_->Script("reader", "touch /data/x");
  spec.mounts = {{volume, "/data", /*read_only=*/true}};
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_NE(outcome.exit.code, 0);
  EXPECT_THAT(outcome.log, HasSubstr("Read-only file system"));
}

TEST_F(DockerContainer, WritesToItsTmpfsAsFarAsThatReaches) {
  ContainerSpec spec = sandbox_->Script(
      "scratch", "echo kept > /tmp/a && cat /tmp/a; dd if=/dev/zero of=/tmp/b bs=1M count=512");
  spec.tmpfs = {"/tmp"};
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_NE(outcome.exit.code, 0);
  EXPECT_THAT(outcome.log, AllOf(HasSubstr("kept\n"), HasSubstr("No space left on device")));
}

TEST_F(DockerContainer, CannotForkWithoutEnd) {
  ContainerSpec spec = sandbox_->Script(
      "forks", "i=0; while [ $i -lt 200 ]; do sleep 600 & i=$((i+1)); done; echo all");
  spec.pids = 32;
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_NE(outcome.exit.code, 0);
  EXPECT_THAT(outcome.log, AllOf(HasSubstr("can't fork"), Not(HasSubstr("all"))));
}

TEST_F(DockerContainer, SaysThatItRanOutOfMemory) {
  ContainerSpec spec = sandbox_->Script("eats", "tail /dev/zero; exit 3");
  spec.memory_bytes = int64_t{64} << 20;
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_EQ(outcome.exit.code, 3);
  EXPECT_TRUE(outcome.exit.out_of_memory);
}

TEST_F(DockerContainer, SeesItsEnvironmentAndFolderAndUser) {
  ContainerSpec spec = sandbox_->Script("environment", "echo $LANG; pwd; id -u; id -g");
  spec.env = {"LANG=C.UTF-8"};
  spec.working_dir = "/data";
  spec.cpus = 0.5;
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_EQ(outcome.log, "C.UTF-8\n/data\n1000\n1000\n");
}

// Its init is what starts, and what fails.
TEST_F(DockerContainer, ThatCannotRunItsCommandSaysWhy) {
  ContainerSpec spec = sandbox_->Script("broken", "");
  spec.command = {"/no/such/program"};
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_EQ(outcome.exit.code, 127);
  EXPECT_THAT(outcome.log, HasSubstr("/no/such/program"));
}

}  // namespace
}  // namespace probefarm
