#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "lib/runtime/status_matchers.h"
#include "worker/engine/container_engine.h"
#include "worker/engine/engine_sandbox.h"
#include "worker/engine/fake_container_engine.h"
#include "worker/engine/fake_tree.h"

namespace probefarm {

// What every ContainerEngine does, whatever it runs on. Use it with INSTANTIATE_TEST_SUITE_P:
//
//   INSTANTIATE_TEST_SUITE_P(Fake, ContainerEngineContract, testing::Values(…));
//
// A test has an engine and an image of busybox; what it makes goes with it. Needs amd64.
class ContainerEngineContract : public testing::TestWithParam<EngineUnderTest> {
 protected:
  void SetUp() override { ASSERT_OK_AND_ASSIGN(sandbox_, EngineSandbox::Make(GetParam())); }

  EngineSandbox& sandbox() { return *sandbox_; }
  ContainerEngine& engine() { return sandbox_->engine(); }

 private:
  std::unique_ptr<EngineSandbox> sandbox_;
};

// What a fake does for the suite's scripts, since it runs no shell: a FakeProgram.
FakeRun RunContractScript(ContainerSpec const& spec, FakeTree& files);

}  // namespace probefarm
