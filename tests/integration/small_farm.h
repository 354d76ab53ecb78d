#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "lib/files/temporary_folder.h"
#include "tests/testing/farm/farm.h"
#include "tests/testing/farm/farm_engine.h"
#include "tests/testing/farm/small_archive.h"

namespace probefarm {

// Waits for its end; -1, and a failure of the test, when that does not come.
int ExitCodeOf(RunningProgram& program);

// A farm of the shipped programs whose kernels come from a small archive. The coordinator has a
// builder image in which nothing can be built, so no container engine is needed.
class SmallFarm : public testing::Test {
 protected:
  // After a failure, shows what the programs logged.
  void TearDown() override;

  // Publishes the kernels and starts a coordinator that has read them.
  void Start(std::vector<SmallKernel> const& kernels);
  // The parts of it, for tests that do something between them.
  void Publish(std::vector<SmallKernel> const& kernels);
  void StartCoordinator();
  void WaitForFeeds() const;

  // Enqueues what matches and returns its jobs in the order of their numbers.
  std::vector<nlohmann::json> Backfill(std::vector<std::string> const& filter = {}) const;
  // The same where one probe matches.
  nlohmann::json BackfillOne(std::vector<std::string> const& filter) const;
  std::unique_ptr<RunningProgram> StartWorker(std::string const& name,
                                              std::vector<std::string> const& options,
                                              std::string const& variable = "") const;
  // Waits until the coordinator hears of that many workers.
  void WaitForWorkers(size_t live) const;
  int Published() const;
  // Backfills everything and waits until all of it is published.
  void PublishAll() const;
  // Waits until every release has side files that are up to date.
  void WaitForSideFiles() const;

  TemporaryFolder folder_;
  FarmConfig config_;
  std::string driver_lacks_;  // see SmallArchive::Publish()
  std::unique_ptr<SmallArchive> archive_;
  Farm farm_{folder_.path()};
};

// The same with the real builder image and a container engine, in which workers build.
class BuildingFarm : public SmallFarm {
 protected:
  void SetUp() override;

  void Start(std::vector<SmallKernel> const& kernels);
  // A worker of the engine, whose id is `name` made unique.
  std::unique_ptr<RunningProgram> StartWorker(std::string const& name, int slots = 1,
                                              std::vector<std::string> const& options = {},
                                              std::string const& variable = "");
  // Waits until builds of that worker run in so many containers.
  void WaitForBuilds(std::string const& name, size_t count = 1);
  size_t Builds(std::string const& name);
  void LetGo(std::string const& name);
  std::string LogOf(nlohmann::json const& job, std::vector<std::string> const& options = {}) const;
  // What the log of a published job ends with: "sha256  name".
  std::string LastLine(nlohmann::json const& job) const;

  std::vector<std::string> header_volumes_;  // of all kernels
  std::unique_ptr<FarmEngine> engine_;
};

}  // namespace probefarm
