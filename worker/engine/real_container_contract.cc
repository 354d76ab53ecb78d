#include "worker/engine/real_container_contract.h"

#include <gmock/gmock.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr absl::Duration kLong = absl::Minutes(1);

}  // namespace

absl::StatusOr<RealContainer::Outcome> RealContainer::Run(ContainerSpec const& spec) {
  absl::Time const deadline = absl::Now() + kLong;
  ContainerEngine& engine = sandbox().engine();
  ASSIGN_OR_RETURN(std::string const id, sandbox().Create(spec));
  RETURN_IF_ERROR(engine.StartContainer(id));
  Outcome outcome;
  RETURN_IF_ERROR(
      engine.FollowLogs(id, SinkInto(outcome.log), [&] { return absl::Now() > deadline; }));
  ASSIGN_OR_RETURN(outcome.exit, engine.WaitContainer(id, kLong, [] { return false; }));
  return outcome;
}

TEST_P(RealContainer, GivesItsOutputInOrderWhileItRuns) {
  ContainerSpec const spec = sandbox().Script(
      "speaks", "echo one; sleep 0.3; echo two >&2; sleep 0.3; echo three; sleep 600");
  ContainerEngine& engine = sandbox().engine();
  ASSERT_OK_AND_ASSIGN(std::string const id, sandbox().Create(spec));
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

TEST_P(RealContainer, SealedHasNoNetworkButLoopback) {
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(sandbox().Script("sealed", "ls /sys/class/net")));
  EXPECT_EQ(outcome.log, "lo\n");
}

TEST_P(RealContainer, SealedWritesNowhereAndHasNoCapabilitiesEvenAsRoot) {
  ContainerSpec spec = sandbox().Script("sealed",
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

TEST_P(RealContainer, WritesToNoReadOnlyVolume) {
  std::string const volume = sandbox().Unique("volume");
  ASSERT_OK(sandbox().CreateVolume(volume));
  ContainerSpec spec = sandbox().Script("reader", "touch /data/x");
  spec.mounts = {{volume, "/data", /*read_only=*/true}};
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_NE(outcome.exit.code, 0);
  EXPECT_THAT(outcome.log, HasSubstr("Read-only file system"));
}

TEST_P(RealContainer, WritesToItsTmpfsAsFarAsThatReaches) {
  ContainerSpec spec = sandbox().Script(
      "scratch", "echo kept > /tmp/a && cat /tmp/a; dd if=/dev/zero of=/tmp/b bs=1M count=512");
  spec.tmpfs = {"/tmp"};
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_NE(outcome.exit.code, 0);
  EXPECT_THAT(outcome.log, AllOf(HasSubstr("kept\n"), HasSubstr("No space left on device")));
}

TEST_P(RealContainer, SeesItsEnvironmentAndFolderAndUser) {
  ContainerSpec spec = sandbox().Script("environment", "echo $LANG; pwd; id -u; id -g");
  spec.env = {"LANG=C.UTF-8"};
  spec.working_dir = "/data";
  spec.cpus = 0.5;
  ASSERT_OK_AND_ASSIGN(Outcome const outcome, Run(spec));
  EXPECT_EQ(outcome.log, "C.UTF-8\n/data\n1000\n1000\n");
}

}  // namespace probefarm
