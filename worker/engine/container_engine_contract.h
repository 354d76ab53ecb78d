#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "worker/engine/container_engine.h"
#include "worker/engine/fake_container_engine.h"
#include "worker/engine/fake_tree.h"

namespace probefarm {

// Makes the engine that the suite runs against, with busybox at /bin/busybox of the image that it
// loads itself.
using EngineFactory = std::function<absl::StatusOr<std::unique_ptr<ContainerEngine>>()>;

// What every ContainerEngine does, whatever it runs on. Use it with INSTANTIATE_TEST_SUITE_P. Each
// test removes the containers and volumes that it made; all bear the label io.probefarm.test.
class ContainerEngineContract : public testing::TestWithParam<EngineFactory> {
 protected:
  void SetUp() override;
  void TearDown() override;

  // A name that no other test has, so that tests can run beside one another on one engine.
  std::string Unique(std::string const& name) const;
  // A sealed container that runs a busybox shell script.
  ContainerSpec Script(std::string const& name, std::string const& script) const;
  // Made to be removed at the end.
  absl::StatusOr<std::string> Create(ContainerSpec const& spec);
  absl::Status CreateVolume(std::string const& name);

  ContainerEngine& engine() { return *engine_; }

 private:
  std::unique_ptr<ContainerEngine> engine_;
  std::string image_;
  std::vector<std::string> containers_;
  std::vector<std::string> volumes_;
};

// What a fake does for the suite's scripts.
FakeRun RunContractScript(ContainerSpec const& spec, FakeTree& files);

// An image's root with nothing but busybox and mount points, in which "sh", "cat" and so on are
// found without a path; its files belong to uid 1000. UNAVAILABLE when the machine has no static
// busybox (Debian package busybox-static).
absl::StatusOr<FakeTree> BusyboxRoot();

// A source and a sink for archives in memory. The source's text must outlive it.
BodySource SourceOf(std::string const& bytes);
BodySink SinkInto(std::string& bytes);

}  // namespace probefarm
