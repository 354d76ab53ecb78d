#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/runtime/mutex.h"
#include "worker/engine/container_engine.h"
#include "worker/engine/fake_calls.h"
#include "worker/engine/fake_container.h"
#include "worker/engine/fake_tree.h"

namespace probefarm {

// What stands in for a container's command. It sees the container's files by absolute path (those
// of its volumes and those put into the container itself) and may change them; changes below a
// read-only mount, or outside of all mounts of a sealed container, are forgotten. Runs inside
// StartContainer(), without a lock held.
using FakeProgram = std::function<FakeRun(ContainerSpec const& spec, FakeTree& files)>;

// An engine in memory that behaves as container_engine_contract.h says, records what it was asked
// and fails where a test tells it to. Waiting passes real time, and ends at once for a container
// that has ended. Thread-safe.
class FakeContainerEngine final : public ContainerEngine {
 public:
  // Without a program every container exits with 0 at once.
  FakeContainerEngine() = default;
  explicit FakeContainerEngine(FakeProgram program) : program_(std::move(program)) {}

  // For containers started from now on.
  void SetProgram(FakeProgram program) EXCLUDES(mu_);
  // As if an archive with this image had been loaded.
  void AddImage(std::string const& id) EXCLUDES(mu_);
  // The next `times` such calls do nothing but return `status`; statuses queue up.
  void FailNext(EngineCall call, absl::Status const& status, int times = 1);

  // Every call so far, those that were told to fail too.
  std::vector<EngineCall> calls() const;
  // Every container made so far, removed ones too.
  std::vector<ContainerSpec> created() const EXCLUDES(mu_);
  // What a volume holds, by relative path. NOT_FOUND without such a volume.
  absl::StatusOr<FakeTree> VolumeFiles(std::string const& name) const EXCLUDES(mu_);

  absl::StatusOr<EngineVersion> Version() override;
  absl::StatusOr<EngineHost> Host() override;
  absl::StatusOr<bool> HasImage(std::string const& id) override;
  // Reads the archive as an engine does; image_archive.h writes such archives.
  absl::Status LoadImage(std::string const& archive_path) override;
  absl::Status CreateVolume(std::string const& name, ContainerLabels const& labels) override;
  absl::StatusOr<std::vector<ListedVolume>> ListVolumes(std::string const& label) override;
  absl::Status RemoveVolume(std::string const& name) override;
  absl::StatusOr<std::string> CreateContainer(ContainerSpec const& spec) override;
  absl::Status StartContainer(std::string const& id) override;
  absl::StatusOr<ContainerExit> WaitContainer(std::string const& id, absl::Duration timeout,
                                              std::function<bool()> const& cancelled) override;
  absl::Status FollowLogs(std::string const& id, BodySink const& sink,
                          std::function<bool()> const& cancelled) override;
  absl::Status KillContainer(std::string const& id) override;
  absl::Status RemoveContainer(std::string const& id) override;
  absl::StatusOr<std::vector<ListedContainer>> ListContainers(std::string const& label) override;
  absl::Status PutArchive(std::string const& id, std::string const& path,
                          BodySource const& tar) override;
  absl::Status GetArchive(std::string const& id, std::string const& path,
                          BodySink const& tar) override;
  absl::StatusOr<bool> PathExists(std::string const& id, std::string const& path) override;

 private:
  // NOT_FOUND without such a container.
  absl::StatusOr<std::shared_ptr<FakeContainer>> Find(std::string const& id) const REQUIRES(mu_);
  // The container has exited; wakes whoever waits for it.
  void End(FakeContainer& container) REQUIRES(mu_);
  // Until the container does not run; asks `cancelled` every few milliseconds.
  absl::Status AwaitEnd(FakeContainer const& container, absl::Duration timeout,
                        std::function<bool()> const& cancelled) EXCLUDES(mu_);

  FakeCalls calls_;
  mutable Mutex mu_;
  CondVar ended_;
  FakeProgram program_ GUARDED_BY(mu_);
  std::set<std::string> images_ GUARDED_BY(mu_);  // by id
  FakeVolumes volumes_ GUARDED_BY(mu_);
  std::map<std::string, std::shared_ptr<FakeContainer>> containers_ GUARDED_BY(mu_);  // by id
  std::vector<ContainerSpec> created_ GUARDED_BY(mu_);
};

}  // namespace probefarm
