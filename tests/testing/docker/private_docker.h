#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/testing/farm/running_program.h"

namespace probefarm {

// A Docker of a test's own, with its own socket and storage, which can be killed and started again
// without anybody else's containers coming to harm. Has no network. Needs root.
class PrivateDocker {
 public:
  // `folder` is there, its path is short; all is below it, and gone with it. Returns when it
  // answers.
  static absl::StatusOr<std::unique_ptr<PrivateDocker>> Start(std::string const& folder);
  ~PrivateDocker();

  PrivateDocker(PrivateDocker const&) = delete;
  PrivateDocker& operator=(PrivateDocker const&) = delete;

  // As the worker's `--engine` takes it.
  std::string address() const { return "unix://" + folder_ + "/docker.sock"; }

  // SIGKILL. Its containers run on, as those of a daemon that crashed do.
  absl::Status Kill();
  // Starts it on what it has; it stops the containers then. Returns when it answers.
  absl::Status StartAgain();

 private:
  explicit PrivateDocker(std::string folder) : folder_(std::move(folder)) {}

  std::string ContainerdSocket() const { return folder_ + "/containerd.sock"; }
  absl::Status StartContainerd();

  std::string const folder_;
  std::unique_ptr<RunningProgram> containerd_;
  std::unique_ptr<RunningProgram> daemon_;
};

}  // namespace probefarm
