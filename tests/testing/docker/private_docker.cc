#include "tests/testing/docker/private_docker.h"

#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/runtime/status_macros.h"
#include "tests/testing/farm/wait_until.h"
#include "worker/engine/docker_engine.h"

namespace probefarm {

namespace {

// The last one first (proc(5): the fifth field of mountinfo, which has them in order).
std::vector<std::string> MountsBelow(std::string const& folder) {
  std::vector<std::string> mounts;
  std::ifstream table("/proc/self/mountinfo");
  for (std::string line; std::getline(table, line);) {
    std::vector<std::string> const fields = absl::StrSplit(line, ' ');
    if (fields.size() > 4 && absl::StartsWith(fields[4], folder + "/")) mounts.push_back(fields[4]);
  }
  std::ranges::reverse(mounts);
  return mounts;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PrivateDocker>> PrivateDocker::Start(std::string const& folder) {
  std::unique_ptr<PrivateDocker> docker(new PrivateDocker(folder));
  RETURN_IF_ERROR(docker->StartContainerd());
  RETURN_IF_ERROR(docker->StartAgain());
  return docker;
}

// The daemon stops what runs before it goes, unless it was killed.
PrivateDocker::~PrivateDocker() {
  for (auto* const program : {daemon_.get(), containerd_.get()}) {
    if (program == nullptr) continue;
    program->Signal(SIGTERM);
    program->WaitForExit().IgnoreError();
  }
  // It leaves mounts of its folders on themselves.
  for (std::string const& mount : MountsBelow(folder_)) umount2(mount.c_str(), MNT_DETACH);
}

// Apart from the daemon, as on a machine with systemd: one that the daemon starts dies with it.
absl::Status PrivateDocker::StartContainerd() {
  ASSIGN_OR_RETURN(
      containerd_,
      RunningProgram::Start({"/usr/bin/containerd", "--address", ContainerdSocket(), "--root",
                             absl::StrCat(folder_, "/containerd"), "--state",
                             absl::StrCat(folder_, "/containerd-state"), "--log-level", "warn"},
                            absl::StrCat(folder_, "/containerd.log")));
  return WaitUntil("containerd listens",
                   [&] { return access(ContainerdSocket().c_str(), F_OK) == 0; });
}

absl::Status PrivateDocker::Kill() {
  daemon_->Signal(SIGKILL);
  return daemon_->WaitForExit().status();
}

// In a network of its own: in the machine's, it would take away the bridge of the machine's Docker.
absl::Status PrivateDocker::StartAgain() {
  ASSIGN_OR_RETURN(
      daemon_,
      RunningProgram::Start(
          {"/usr/bin/unshare", "--net", "/usr/sbin/dockerd", "--host", address(), "--containerd",
           ContainerdSocket(), "--data-root", absl::StrCat(folder_, "/data"), "--exec-root",
           absl::StrCat(folder_, "/exec"), "--pidfile", absl::StrCat(folder_, "/docker.pid"),
           "--bridge", "none", "--iptables=false", "--ip-forward=false", "--ip-masq=false"},
          absl::StrCat(folder_, "/dockerd.log")));
  ASSIGN_OR_RETURN(auto const engine, MakeDockerEngine(address()));
  absl::Status const answers =
      WaitUntil("dockerd answers", [&] { return engine->Version().ok() || !daemon_->running(); });
  if (answers.ok() && daemon_->running()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("dockerd: ", daemon_->errors()));
}

}  // namespace probefarm
