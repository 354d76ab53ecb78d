#include "coordinator/releases/room_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "coordinator/releases/fake_release_host.h"
#include "coordinator/store/await.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kOld[] = "8.0.0+driver";
constexpr char kNew[] = "9.1.0+driver";
constexpr char kOldTag[] = "8.0.0+driver/x86_64";
constexpr char kNewTag[] = "9.1.0+driver/x86_64";

class RoomWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    Enqueue(kOld);
    Enqueue(kNew);
    ASSERT_OK(Await<OpenedSession>([&](auto done) {
                store_.OpenSession({.session = "s",
                                    .worker = "w",
                                    .capabilities = {Arch::kX86_64, int64_t{8} << 30, "docker"},
                                    .slots = 8},
                                   std::move(done));
              }).status());
  }
  void Enqueue(std::string const& version) {
    EnqueueBatch batch;
    NewJob job;
    job.probe.driver_version = version;
    job.probe.kernel_release = "6.1.0-1-amd64";
    job.probe.kernel_version = "1";
    job.probe.target = "debian";
    job.probe.arch = Arch::kX86_64;
    job.requirements = {Arch::kX86_64, 1};
    job.file_name = version + ".ko";
    job.spec = "{}";
    job.fingerprint = "f";
    batch.jobs.push_back(std::move(job));
    auto const enqueued = Await<std::vector<absl::StatusOr<EnqueuedJob>>>(
        [&](auto done) { store_.Enqueue(std::move(batch), std::move(done)); });
    ASSERT_OK(enqueued.status());
    ASSERT_OK(enqueued->at(0).status());
  }
  // Driver versions of all that is granted now.
  std::vector<std::string> Granted() {
    auto const leases = Await<std::vector<GrantedLease>>([&](auto done) {
      store_.Acquire({"s", std::to_string(++requests_), 8}, std::move(done));
    });
    EXPECT_OK(leases.status());
    std::vector<std::string> versions;
    for (GrantedLease const& lease : *leases) versions.push_back(lease.job.probe.driver_version);
    return versions;
  }

  int requests_ = 0;
  FakeClock clock_;
  MemoryStore store_{clock_};
  FakeReleaseHost host_{&clock_};
  Metrics metrics_;
  RoomWatch watch_{store_, host_, metrics_};
};

TEST_F(RoomWatchTest, KeepsNothingBackWhereThereIsNoLimit) {
  watch_.RunOnce();
  EXPECT_THAT(Granted(), SizeIs(2));
  EXPECT_THAT(watch_.rooms(), IsEmpty());
}

TEST_F(RoomWatchTest, KeepsBackWhatHasNoPlaceToGo) {
  host_.SetRooms({{{"o/a", kOldTag}, 0}, {{"o/b", kOldTag}, 0}, {{"o/a", kNewTag}, 1}});
  watch_.RunOnce();
  EXPECT_THAT(Granted(), ElementsAre(kNew));
  EXPECT_THAT(Granted(), IsEmpty());
}

TEST_F(RoomWatchTest, OnePlaceWithRoomIsEnough) {
  host_.SetRooms({{{"o/a", kOldTag}, 0}, {{"o/b", kOldTag}, 1}});
  watch_.RunOnce();
  EXPECT_THAT(Granted(), SizeIs(2));
}

TEST_F(RoomWatchTest, GivesBackWhatWasKeptWhenThereIsRoomAgain) {
  host_.SetRooms({{{"o/a", kOldTag}, 0}});
  watch_.RunOnce();
  EXPECT_THAT(Granted(), ElementsAre(kNew));
  host_.SetRooms({{{"o/a", kOldTag}, 1}});
  watch_.RunOnce();
  EXPECT_THAT(Granted(), ElementsAre(kOld));
}

TEST_F(RoomWatchTest, ShowsTheRoom) {
  host_.SetRooms({{{"o/a", kOldTag}, 7}});
  watch_.RunOnce();
  EXPECT_THAT(watch_.rooms(), ElementsAre(ReleaseRoom{{"o/a", kOldTag}, 7}));
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_release_room{repository=\"o/a\","
                                           "tag=\"8.0.0+driver/x86_64\"} 7"));
}

TEST_F(RoomWatchTest, TellsAgainWhatTheStoreDidNotTake) {
  store_.Shutdown();
  host_.SetRooms({{{"o/a", kOldTag}, 0}});
  watch_.RunOnce();
  EXPECT_THAT(watch_.rooms(), SizeIs(1)) << "what is known is shown all the same";
}

TEST(RoomUnder, AddsUpThePlacesOfATag) {
  EXPECT_EQ(RoomUnder(kOldTag, {{{"o/a", kOldTag}, 3}, {{"o/b", kOldTag}, 4}}), 7);
  EXPECT_EQ(RoomUnder(kNewTag, {{{"o/a", kOldTag}, 3}}), std::nullopt);
}

}  // namespace
}  // namespace probefarm
