#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/engine/container_engine.h"

namespace probefarm {

// What a test does at the real container engine beside the workers: lets builds go on that a small
// kernel holds, looks for what workers left, and removes it all at the end. Not thread-safe.
class FarmEngine {
 public:
  static constexpr char kDocker[] = "unix:///var/run/docker.sock";

  // UNAVAILABLE names the socket where no engine answers.
  static absl::StatusOr<std::unique_ptr<FarmEngine>> Connect(std::string const& address = kDocker);
  // Removes the containers and volumes of the workers that were named, then the header volumes.
  // What cannot be removed is logged, and fails no test.
  ~FarmEngine();

  FarmEngine(FarmEngine const&) = delete;
  FarmEngine& operator=(FarmEngine const&) = delete;

  // The id of the worker that this test calls `name`: no other test has it, and what that worker
  // leaves is removed at the end.
  std::string WorkerId(std::string const& name);
  // A volume of headers belongs to no worker, so it is named beforehand.
  void WillHaveHeaderVolume(std::string volume) { header_volumes_.push_back(std::move(volume)); }

  // What there is of that worker in the engine: the names of its containers, running or not, and of
  // its volumes, less those of headers.
  absl::StatusOr<std::vector<std::string>> Leftovers(std::string const& name);
  // The containers that build now for that worker, be it alive or not.
  absl::StatusOr<std::vector<ListedContainer>> RunningBuilds(std::string const& name);
  // Creates /build/go in each of them. NOT_FOUND when there is none.
  absl::Status LetGo(std::string const& name);

 private:
  explicit FarmEngine(std::unique_ptr<ContainerEngine> engine);

  std::unique_ptr<ContainerEngine> const engine_;
  std::set<std::string> workers_;  // ids
  std::vector<std::string> header_volumes_;
};

}  // namespace probefarm
