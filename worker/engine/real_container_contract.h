#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "lib/runtime/status_matchers.h"
#include "worker/engine/container_engine.h"
#include "worker/engine/engine_sandbox.h"

namespace probefarm {

// What a container of an engine that runs programs does beyond the contract, whichever engine that
// is: how it is sealed, and what it sees. Use it with INSTANTIATE_TEST_SUITE_P. Needs amd64.
class RealContainer : public testing::TestWithParam<EngineUnderTest> {
 protected:
  struct Outcome {
    ContainerExit exit;
    std::string log;
  };

  void SetUp() override { ASSERT_OK_AND_ASSIGN(sandbox_, EngineSandbox::Make(GetParam())); }

  EngineSandbox& sandbox() { return *sandbox_; }
  // Creates and starts it, and waits a minute at most for its end.
  absl::StatusOr<Outcome> Run(ContainerSpec const& spec);

 private:
  std::unique_ptr<EngineSandbox> sandbox_;
};

}  // namespace probefarm
