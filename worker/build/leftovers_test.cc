#include "worker/build/leftovers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "worker/build/build_container.h"
#include "worker/engine/fake_container_engine.h"
#include "worker/inputs/labels.h"

namespace probefarm {
namespace {

using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class LeftoversTest : public testing::Test {
 protected:
  LeftoversTest() { engine_.AddImage("sha256:builder"); }

  void AddBuild(std::string const& worker, int64_t job = 7) {
    BuildLease const lease{worker, job, 1};
    EXPECT_OK(engine_.CreateVolume(BuildName(lease), BuildLabels(lease)));
    BuildSpec spec;
    spec.image.id = "sha256:builder";
    EXPECT_OK(engine_.CreateContainer(BuildContainer(spec, lease, "probefarm-kernel-x")));
  }

  TemporaryFolder folder_;
  FakeContainerEngine engine_;
};

TEST_F(LeftoversTest, OfThisWorkerAreRemoved) {
  AddBuild("me");
  folder_.Write("spool/probefarm-build-7-1-abc", "artifact");
  ASSERT_OK(RemoveLeftovers(engine_, "me", folder_ / "spool"));
  EXPECT_THAT(*engine_.ListContainers(""), IsEmpty());
  EXPECT_THAT(*engine_.ListVolumes(kWorkerLabel), IsEmpty());
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "spool"));
}

TEST_F(LeftoversTest, OfAnotherWorkerStay) {
  AddBuild("other");
  ASSERT_OK(RemoveLeftovers(engine_, "me", folder_ / "spool"));
  EXPECT_THAT(*engine_.ListContainers(""), SizeIs(1));
  EXPECT_THAT(*engine_.ListVolumes(kWorkerLabel), SizeIs(1));
}

TEST_F(LeftoversTest, DoNotIncludeHeaderVolumes) {
  ASSERT_OK(engine_.CreateVolume("probefarm-kernel-x", {{kKindLabel, kHeadersKind}}));
  ASSERT_OK(RemoveLeftovers(engine_, "me", folder_ / "spool"));
  EXPECT_THAT(*engine_.ListVolumes(""), SizeIs(1));
}

TEST_F(LeftoversTest, AreRemovedAsFarAsPossibleAndTheErrorIsTold) {
  AddBuild("me");
  folder_.Write("spool/left", "artifact");
  engine_.FailNext(EngineCall::kListVolumes, absl::UnavailableError("engine restarts"));
  EXPECT_THAT(RemoveLeftovers(engine_, "me", folder_ / "spool"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("engine restarts")));
  EXPECT_THAT(*engine_.ListContainers(""), IsEmpty());
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "spool"));
}

TEST_F(LeftoversTest, StraysAreThoseOfLeasesThatAreNotHeld) {
  AddBuild("me", 7);
  AddBuild("me", 8);
  AddBuild("other", 9);
  ASSERT_OK(RemoveStrays(engine_, "me", [](BuildLease const& lease) { return lease.job == 8; }));
  EXPECT_THAT(*engine_.ListContainers(""),
              UnorderedElementsAre(Field(&ListedContainer::name, BuildName({"me", 8, 1})),
                                   Field(&ListedContainer::name, BuildName({"other", 9, 1}))));
  EXPECT_THAT(*engine_.ListVolumes(kJobLabel), SizeIs(2));
}

TEST_F(LeftoversTest, AFillerIsNoStray) {
  ContainerSpec filler;
  filler.name = "filler";
  filler.image = "sha256:builder";
  filler.labels = {{kKindLabel, kFillerKind}, {kWorkerLabel, "me"}};
  ASSERT_OK(engine_.CreateContainer(filler));
  ASSERT_OK(RemoveStrays(engine_, "me", [](BuildLease const&) { return false; }));
  EXPECT_THAT(*engine_.ListContainers(""), SizeIs(1));
}

}  // namespace
}  // namespace probefarm
