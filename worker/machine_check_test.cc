#include "worker/machine_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>

#include "lib/runtime/status_matchers.h"
#include "worker/engine/fake_container_engine.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MachineCheckTest : public testing::Test {
 protected:
  absl::StatusOr<int64_t> Free(std::string const& folder) const {
    auto const it = free_.find(folder);
    if (it == free_.end()) return absl::NotFoundError(folder);
    return it->second;
  }

  std::map<std::string, int64_t> free_ = {{"/cache", 3 << 20}};
  FakeContainerEngine engine_;
  StopSignal stop_;
  MachineCheck check_{engine_,
                      stop_,
                      [this](std::string const& folder) { return Free(folder); },
                      {{"/cache", "/engine"}, 2 << 20, absl::ZeroDuration()}};
};

TEST_F(MachineCheckTest, IsFineWithAnEngineAndRoom) { EXPECT_OK(check_.Check()); }

TEST_F(MachineCheckTest, NamesTheFolderThatIsTooFull) {
  free_["/engine"] = 1 << 20;
  EXPECT_THAT(check_.Check(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr("/engine has 1 MB"), HasSubstr("need 2 MB"))));
}

TEST_F(MachineCheckTest, WhatRunsMayUseHalfOfTheReserve) {
  free_["/cache"] = 1 << 20;
  EXPECT_OK(check_.CheckRoom());
  free_["/cache"] -= 1;
  EXPECT_THAT(check_.CheckRoom(), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(MachineCheckTest, TheFolderWithTheLeastRoomCounts) {
  EXPECT_EQ(check_.LeastFree(), 3 << 20);
  free_["/engine"] = 1;
  EXPECT_EQ(check_.LeastFree(), 1);
  free_.clear();
  EXPECT_EQ(check_.LeastFree(), std::nullopt);
}

TEST_F(MachineCheckTest, AnEngineThatIsAwayIsWaitedFor) {
  engine_.FailNext(EngineCall::kVersion, absl::UnavailableError("restarting"));
  EXPECT_TRUE(check_.AwaitFit());
}

TEST_F(MachineCheckTest, AWorkerThatDrainsWaitsNoLonger) {
  free_["/cache"] = 0;
  stop_.Advance(StopSignal::Stage::kDraining);
  EXPECT_FALSE(check_.AwaitFit());
}

}  // namespace
}  // namespace probefarm
