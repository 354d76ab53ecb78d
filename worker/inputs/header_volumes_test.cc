#include "worker/inputs/header_volumes.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "worker/engine/fake_container_engine.h"
#include "worker/inputs/header_tree.h"
#include "worker/inputs/labels.h"

namespace probefarm {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kImage[] = "sha256:builder";

class HeaderVolumesTest : public testing::Test {
 protected:
  HeaderVolumesTest() {
    engine_.AddImage(kImage);
    LocalArchive archive;
    archive.input.file = {"headers.tar", std::string(64, 'a'), 1000, {}};
    archive.input.format = ArchiveFormat::kTar;
    archive.path =
        folder_.Write("headers.tar", *WriteTar({{"usr/src/linux/Makefile", {.content = "all:"}}}));
    headers_.push_back(archive);
    volume_ = HeaderVolumeName(headers_);
  }

  HeaderVolumes::Options OptionsOf(std::string const& worker) {
    return {.worker_id = worker,
            .poll_interval = absl::Milliseconds(1),
            .ledger_folder = folder_ / "ledger"};
  }

  absl::StatusOr<std::string> Ensure(HeaderVolumes& volumes) {
    return volumes.Ensure(headers_, kImage, nullptr);
  }

  // As another worker that fills the volume now, or did and died.
  std::string HoldFiller(absl::Time created) {
    ContainerSpec spec;
    spec.name = volume_ + "-filler";
    spec.image = kImage;
    spec.labels = {{kKindLabel, kFillerKind},
                   {kWorkerLabel, "other"},
                   {kVolumeLabel, volume_},
                   {kCreatedLabel, absl::StrCat(absl::ToUnixSeconds(created))}};
    spec.mounts = {{volume_, "/kernel", false}};
    return *engine_.CreateContainer(spec);
  }

  bool IsFilled() {
    auto const files = engine_.VolumeFiles(volume_);
    return files.ok() && files->count("usr/src/linux/Makefile") == 1 &&
           files->count(kCompleteMarker) == 1;
  }

  void PutInVolume(std::string const& name) {
    std::string const filler = HoldFiller(clock_.Now());
    ASSERT_OK(PutTree(engine_, filler, "/kernel", 0, 0,
                      [&](TarWriter& tar) { return tar.AddFile(name, 0644, "stale"); }));
    ASSERT_OK(engine_.RemoveContainer(filler));
  }

  TemporaryFolder folder_;
  FakeContainerEngine engine_;
  FakeClock clock_;
  std::vector<LocalArchive> headers_;
  std::string volume_;
  HeaderVolumes volumes_{&engine_, &clock_, OptionsOf("me")};
};

TEST_F(HeaderVolumesTest, FillsAVolumeAndLeavesNoFiller) {
  ASSERT_OK_AND_ASSIGN(std::string const volume, Ensure(volumes_));
  EXPECT_EQ(volume, volume_);
  EXPECT_TRUE(IsFilled());
  EXPECT_THAT(*engine_.ListContainers(""), IsEmpty());
  ASSERT_OK_AND_ASSIGN(auto const listed, engine_.ListVolumes("io.probefarm.kind=headers"));
  ASSERT_EQ(listed.size(), 1);
  EXPECT_EQ(listed[0].labels.at(kBytesLabel), "1000");
}

TEST_F(HeaderVolumesTest, FillsItOnceForAllWorkers) {
  ASSERT_OK(Ensure(volumes_));
  HeaderVolumes others(&engine_, &clock_, OptionsOf("other"));
  ASSERT_OK(Ensure(others));
  auto const calls = engine_.calls();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), EngineCall::kPutArchive), 1);
}

TEST_F(HeaderVolumesTest, AsksTheEngineOnceForEachProcess) {
  ASSERT_OK(Ensure(volumes_));
  size_t const calls = engine_.calls().size();
  ASSERT_OK(Ensure(volumes_));
  EXPECT_EQ(engine_.calls().size(), calls);
}

TEST_F(HeaderVolumesTest, FillsAgainWhatWasRemovedAndForgotten) {
  ASSERT_OK(Ensure(volumes_));
  ASSERT_OK(engine_.RemoveVolume(volume_));
  volumes_.Forget(volume_);
  ASSERT_OK(Ensure(volumes_));
  EXPECT_TRUE(IsFilled());
}

TEST_F(HeaderVolumesTest, DiscardsAVolumeWithoutItsMarker) {
  ASSERT_OK(engine_.CreateVolume(volume_, {{kKindLabel, kHeadersKind}, {kFillLabel, "old"}}));
  PutInVolume("usr/src/half");
  ASSERT_OK(Ensure(volumes_));
  EXPECT_TRUE(IsFilled());
  EXPECT_EQ(engine_.VolumeFiles(volume_)->count("usr/src/half"), 0);
}

TEST_F(HeaderVolumesTest, DiscardsAVolumeThatTheEngineMadeByItself) {
  PutInVolume(kCompleteMarker);
  ASSERT_OK(Ensure(volumes_));
  EXPECT_TRUE(IsFilled());
}

TEST_F(HeaderVolumesTest, LeavesNothingWhenAFillingFails) {
  engine_.FailNext(EngineCall::kPutArchive, absl::UnavailableError("engine restarts"));
  EXPECT_THAT(Ensure(volumes_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("engine restarts")));
  EXPECT_THAT(*engine_.ListContainers(""), IsEmpty());
  EXPECT_THAT(*engine_.ListVolumes(""), IsEmpty());
  EXPECT_OK(Ensure(volumes_));
}

TEST_F(HeaderVolumesTest, NamesAPackageThatIsBroken) {
  headers_[0].path = folder_.Write("broken.tar", "not a tar archive");
  EXPECT_THAT(Ensure(volumes_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("headers.tar")));
}

TEST_F(HeaderVolumesTest, TakesOverFromADeadFiller) {
  HoldFiller(clock_.Now() - absl::Minutes(6));
  ASSERT_OK(Ensure(volumes_));
  EXPECT_TRUE(IsFilled());
}

TEST_F(HeaderVolumesTest, TakesOverFromItsOwnDeadRun) {
  HoldFiller(clock_.Now());
  HeaderVolumes others(&engine_, &clock_, OptionsOf("other"));
  ASSERT_OK(Ensure(others));
  EXPECT_TRUE(IsFilled());
}

TEST_F(HeaderVolumesTest, WaitsForALivingFiller) {
  std::string const filler = HoldFiller(clock_.Now());
  int asked = 0;
  auto const finish_at_third = [&] {
    if (++asked == 3) EXPECT_OK(engine_.RemoveContainer(filler));
    return false;
  };
  ASSERT_OK(volumes_.Ensure(headers_, kImage, finish_at_third));
  EXPECT_GE(asked, 3);
  EXPECT_TRUE(IsFilled());
}

TEST_F(HeaderVolumesTest, GivesUpWaitingAtLast) {
  HoldFiller(clock_.Now() + absl::Hours(1));
  auto const pass_time = [&] {
    clock_.Advance(absl::Minutes(1));
    return false;
  };
  EXPECT_THAT(volumes_.Ensure(headers_, kImage, pass_time),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(volume_)));
}

TEST_F(HeaderVolumesTest, StopsWaitingWhenCancelled) {
  HoldFiller(clock_.Now());
  int asked = 0;
  EXPECT_THAT(volumes_.Ensure(headers_, kImage, [&] { return ++asked > 2; }),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(HeaderVolumesTest, RemovesWhatWasUsedLongestAgoAfterAFill) {
  ContainerLabels const labels = {
      {kKindLabel, kHeadersKind}, {kBytesLabel, "100"}, {kCreatedLabel, "1"}};
  ASSERT_OK(engine_.CreateVolume("old", labels));
  HeaderVolumes::Options options = OptionsOf("w");
  options.max_bytes = 100;
  HeaderVolumes volumes(&engine_, &clock_, options);
  ASSERT_OK(Ensure(volumes));
  EXPECT_TRUE(IsFilled());
  EXPECT_THAT(engine_.VolumeFiles("old"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(HeaderVolumesTest, NeverRemovesAVolumeThatABuildHas) {
  ASSERT_OK(engine_.CreateVolume("old", {{kKindLabel, kHeadersKind}, {kBytesLabel, "100"}}));
  ContainerSpec build;
  build.name = "build";
  build.image = kImage;
  build.mounts = {{"old", "/kernel", true}};
  ASSERT_OK(engine_.CreateContainer(build));
  HeaderVolumes::Options options = OptionsOf("w");
  options.max_bytes = 100;
  HeaderVolumes volumes(&engine_, &clock_, options);
  ASSERT_OK(Ensure(volumes));
  EXPECT_OK(engine_.VolumeFiles("old"));
}

}  // namespace
}  // namespace probefarm
