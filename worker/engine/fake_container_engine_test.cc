#include "worker/engine/fake_container_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "lib/runtime/status_matchers.h"
#include "worker/engine/container_engine_contract.h"
#include "worker/engine/engine_sandbox.h"
#include "worker/engine/fake_tree.h"

namespace probefarm {
namespace {

using testing::ElementsAre;
using testing::Not;

absl::StatusOr<std::unique_ptr<ContainerEngine>> MakeFake() {
  return std::make_unique<FakeContainerEngine>(RunContractScript);
}

absl::Status KeepImage(ContainerEngine&, std::string const&) { return absl::OkStatus(); }

INSTANTIATE_TEST_SUITE_P(Fake, ContainerEngineContract,
                         testing::Values(EngineUnderTest{MakeFake, KeepImage}));

ContainerSpec Spec(std::string const& name) {
  ContainerSpec spec;
  spec.name = name;
  spec.image = "sha256:1";
  return spec;
}

bool Never() { return false; }

TEST(FakeContainerEngine, FailsAsOftenAsItWasTold) {
  FakeContainerEngine engine;
  engine.FailNext(EngineCall::kHasImage, absl::UnavailableError("gone"), 2);
  engine.FailNext(EngineCall::kHasImage, absl::InternalError("broken"));
  EXPECT_THAT(engine.HasImage("a"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(engine.HasImage("a"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(engine.HasImage("a"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(engine.HasImage("a"), IsOk());
}

TEST(FakeContainerEngine, RecordsWhatItWasAsked) {
  FakeContainerEngine engine;
  engine.AddImage("sha256:1");
  ASSERT_OK_AND_ASSIGN(std::string const id, engine.CreateContainer(Spec("build")));
  ASSERT_OK(engine.RemoveContainer(id));
  EXPECT_THAT(engine.calls(),
              ElementsAre(EngineCall::kCreateContainer, EngineCall::kRemoveContainer));
  ASSERT_EQ(engine.created().size(), 1);
  EXPECT_EQ(engine.created()[0].name, "build");
}

TEST(FakeContainerEngine, ForgetsWhatAProgramWritesWhereItMayNot) {
  FakeContainerEngine engine([](ContainerSpec const&, FakeTree& files) {
    files["/in/x"].content = "x";
    files["/out/x"].content = "x";
    files["/etc/x"].content = "x";
    return FakeRun{};
  });
  engine.AddImage("sha256:1");
  ContainerSpec spec = Spec("build");
  spec.mounts = {{"in", "/in", /*read_only=*/true}, {"out", "/out"}};
  ASSERT_OK_AND_ASSIGN(std::string const id, engine.CreateContainer(spec));
  ASSERT_OK(engine.StartContainer(id));
  EXPECT_TRUE(engine.VolumeFiles("in")->empty());
  EXPECT_EQ(engine.VolumeFiles("out")->count("x"), 1);
  EXPECT_FALSE(*engine.PathExists(id, "/etc/x"));
}

TEST(FakeContainerEngine, KeepsOwnersAndModesOfWhatIsPut) {
  FakeContainerEngine engine;
  engine.AddImage("sha256:1");
  ContainerSpec spec = Spec("filler");
  spec.mounts = {{"source", "/build"}};
  ASSERT_OK_AND_ASSIGN(std::string const id, engine.CreateContainer(spec));
  FakeTree const tree = {
      {"link", {.type = FakeFile::Type::kSymlink, .content = "run", .mode = 0777}},
      {"run", {.content = "#!", .mode = 0750, .uid = 1000, .gid = 1001}}};
  ASSERT_OK_AND_ASSIGN(std::string const tar, WriteTar(tree));
  ASSERT_OK(engine.PutArchive(id, "/build", SourceOf(tar)));
  EXPECT_EQ(*engine.VolumeFiles("source"), tree);
}

TEST(FakeContainerEngine, RefusesAnArchiveThatIsTruncated) {
  FakeContainerEngine engine;
  engine.AddImage("sha256:1");
  ContainerSpec spec = Spec("filler");
  spec.mounts = {{"source", "/build"}};
  ASSERT_OK_AND_ASSIGN(std::string const id, engine.CreateContainer(spec));
  ASSERT_OK_AND_ASSIGN(std::string tar, WriteTar({{"a", {.content = std::string(9000, 'a')}}}));
  tar.resize(4096);
  EXPECT_THAT(engine.PutArchive(id, "/build", SourceOf(tar)), Not(IsOk()));
  EXPECT_TRUE(engine.VolumeFiles("source")->empty());
}

TEST(FakeContainerEngine, SaysHowAProgramEnded) {
  FakeContainerEngine engine([](ContainerSpec const&, FakeTree&) {
    return FakeRun{.exit = {.code = 2, .out_of_memory = true}};
  });
  engine.AddImage("sha256:1");
  ASSERT_OK_AND_ASSIGN(std::string const id, engine.CreateContainer(Spec("build")));
  ASSERT_OK(engine.StartContainer(id));
  ASSERT_OK_AND_ASSIGN(ContainerExit const exit, engine.WaitContainer(id, absl::Seconds(1), Never));
  EXPECT_EQ(exit.code, 2);
  EXPECT_TRUE(exit.out_of_memory);
}

}  // namespace
}  // namespace probefarm
