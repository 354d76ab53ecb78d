#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>

#include "absl/strings/str_cat.h"
#include "coordinator/scheduling/job_eligibility.h"
#include "coordinator/store/await.h"
#include "coordinator/store/store_contract.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

constexpr int64_t kGib = int64_t{1} << 30;

std::vector<JobId> IdsOf(std::vector<GrantedLease> const& leases) {
  std::vector<JobId> ids;
  ids.reserve(leases.size());
  for (GrantedLease const& lease : leases) ids.push_back(lease.job.id);
  return ids;
}

// Which jobs go to which workers.
class StoreMatching : public StoreContract {
 protected:
  // Named like `worker` with "-1".
  void OpenWith(std::string const& worker, Capabilities capabilities) {
    NewSession session;
    session.session = absl::StrCat(worker, "-1");
    session.worker = worker;
    session.capabilities = std::move(capabilities);
    session.slots = 1;
    ASSERT_OK(Open(session));
  }
  static Capabilities Plenty() { return {Arch::kX86_64, 8 * kGib, "docker 20"}; }

  std::vector<JobId> GrantedTo(std::string const& session, int max = 1) {
    auto const leases = Acquire(session, absl::StrCat("request-", ++requests_), max);
    EXPECT_OK(leases);
    return leases.ok() ? IdsOf(*leases) : std::vector<JobId>();
  }
  std::vector<WorkerRecord> Workers() {
    auto workers =
        Await<std::vector<WorkerRecord>>([&](auto done) { store().ListWorkers(std::move(done)); });
    EXPECT_OK(workers);
    return workers.value_or(std::vector<WorkerRecord>());
  }

 private:
  int requests_ = 0;
};

TEST_P(StoreMatching, AWorkerGetsOnlyWhatItCanRun) {
  NewJob big = JobFor(1);
  big.requirements.memory_bytes = int64_t{16} << 30;
  Enqueue(big);
  NewJob arm = JobFor(2);
  arm.probe.arch = arm.requirements.arch = Arch::kAarch64;
  JobId const arm_id = Enqueue(arm);
  JobId const small_id = Enqueue(JobFor(3));
  ASSERT_OK_AND_ASSIGN(auto const on_x86, Acquire(OpenFor("w1"), "r1", 10));
  EXPECT_THAT(IdsOf(on_x86), ElementsAre(small_id));
  ASSERT_OK(Open({"arm-1", "arm", {Arch::kAarch64, int64_t{1} << 30, ""}, 1, {}}));
  ASSERT_OK_AND_ASSIGN(auto const on_arm, Acquire("arm-1", "r1", 10));
  EXPECT_THAT(IdsOf(on_arm), ElementsAre(arm_id));
}

TEST_P(StoreMatching, AJobGoesToAWorkerWithItsLabelsOnly) {
  NewJob labelled = JobFor(1);
  labelled.requirements.labels = {"pool=trusted", "zone=a"};
  JobId const id = Enqueue(labelled);
  JobId const plain = Enqueue(JobFor(2));
  Restart();
  EXPECT_EQ(Get(id).requirements, labelled.requirements);
  EXPECT_EQ(AcquireOne(OpenFor("w1")).id, plain);
  NewSession session;
  session.session = "trusted-1";
  session.worker = "trusted";
  session.capabilities = {Arch::kX86_64, int64_t{8} << 30, "docker 20", {"pool=trusted"}};
  session.slots = 1;
  ASSERT_OK(Open(session));
  EXPECT_THAT(*Acquire("trusted-1", "r1"), IsEmpty());
  session.session = "trusted-2";
  session.capabilities.labels.insert("zone=a");
  ASSERT_OK(Open(session));
  Restart();
  EXPECT_EQ(AcquireOne("trusted-2").id, id);
}

TEST_P(StoreMatching, AJobGoesToAWorkerWithRoomOnceThatIsTold) {
  NewJob job = JobFor(1);
  job.requirements.disk_bytes = 4 * kGib;
  JobId const large = Enqueue(job);
  JobId const small = Enqueue(JobFor(2));
  Capabilities worker = Plenty();
  worker.free_disk_bytes = 4 * kGib - 1;
  OpenWith("w", worker);
  EXPECT_THAT(GrantedTo("w-1", 2), ElementsAre(small)) << "the other is passed over";
  ASSERT_OK(Heartbeat("w-1"));
  EXPECT_THAT(GrantedTo("w-1"), IsEmpty()) << "what is not told is as before";
  ASSERT_OK(Heartbeat("w-1", {}, 4 * kGib));
  EXPECT_EQ(Workers().at(0).capabilities.free_disk_bytes, 4 * kGib);
  EXPECT_THAT(GrantedTo("w-1"), ElementsAre(large));
}

TEST_P(StoreMatching, DiskThatIsNotKnownPreventsNothing) {
  NewJob job = JobFor(1);
  job.requirements.disk_bytes = 4 * kGib;
  JobId const id = Enqueue(job);
  Capabilities worker = Plenty();
  worker.free_disk_bytes = kGib;
  OpenWith("w", worker);
  EXPECT_THAT(GrantedTo("w-1"), IsEmpty());
  Restart();
  EXPECT_EQ(Workers().at(0).capabilities.free_disk_bytes, std::nullopt);
  EXPECT_THAT(GrantedTo("w-1"), ElementsAre(id));
}

TEST_P(StoreMatching, MoreDiskIsToldTheListenerWhenAJobWaitsForIt) {
  NewJob job = JobFor(1);
  job.requirements.disk_bytes = 4 * kGib;
  Enqueue(job);
  Capabilities worker = Plenty();
  worker.free_disk_bytes = kGib;
  OpenWith("w", worker);
  std::atomic<int> eligible = 0;
  store().SetQueueListener([&](int count) { eligible += count; });
  ASSERT_OK(Heartbeat("w-1", {}, 3 * kGib));
  EXPECT_THAT(GrantedTo("w-1"), IsEmpty());
  EXPECT_EQ(eligible, 0) << "not enough";
  ASSERT_OK(Heartbeat("w-1", {}, 4 * kGib));
  EXPECT_THAT(GrantedTo("w-1"), SizeIs(1));
  EXPECT_GE(eligible.exchange(0), 1);
  ASSERT_OK(Heartbeat("w-1", {}, kGib));
  ASSERT_OK(Heartbeat("w-1", {}, 9 * kGib));
  EXPECT_THAT(GrantedTo("w-1"), IsEmpty());
  store().SetQueueListener([](int) {});
}

TEST_P(StoreMatching, AWorkerWithBuildersGetsOnlyTheirsThoughTheStoreRestarts) {
  NewJob job = JobFor(1);
  job.requirements.builder = "sha256:a";
  JobId const a = Enqueue(job);
  job = JobFor(2);
  job.requirements.builder = "sha256:b";
  JobId const b = Enqueue(job);
  JobId const any = Enqueue(JobFor(3));
  Capabilities worker = Plenty();
  worker.builders = {"sha256:b", "sha256:c"};
  OpenWith("w", worker);
  Restart();
  EXPECT_EQ(Workers().at(0).capabilities, worker);
  EXPECT_EQ(Get(a).requirements.builder, "sha256:a");
  EXPECT_THAT(GrantedTo("w-1", 3), ElementsAre(b, any));
  OpenWith("other", Plenty());
  EXPECT_THAT(GrantedTo("other-1", 3), ElementsAre(a));
}

// Requirements and capabilities are drawn from few values, so that they meet often and fail by
// each of their parts.
class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}

  Requirements Needs() {
    Requirements needs{AnyArch(), Pick(3) * kGib};
    if (Pick(2) != 0) needs.labels = {absl::StrCat("zone=", Pick(2))};
    needs.disk_bytes = Pick(4) * kGib;
    if (Pick(2) != 0) needs.builder = absl::StrCat("sha256:", Pick(2));
    return needs;
  }
  Capabilities Worker() {
    Capabilities worker{AnyArch(), Pick(3) * kGib, "docker"};
    if (Pick(2) != 0) worker.labels = {absl::StrCat("zone=", Pick(2))};
    if (Pick(2) != 0) worker.free_disk_bytes = Pick(4) * kGib;
    if (Pick(2) != 0) worker.builders = {absl::StrCat("sha256:", Pick(2))};
    return worker;
  }

 private:
  int64_t Pick(int64_t count) { return static_cast<int64_t>(random_() % count); }
  Arch AnyArch() { return Pick(4) == 0 ? Arch::kAarch64 : Arch::kX86_64; }

  std::mt19937_64 random_;
};

TEST_P(StoreMatching, GrantsWhatIsGrantableAndNothingElse) {
  Draw draw(20261123);
  std::vector<JobId> queued;
  for (int number = 0; number < 60; ++number) {
    NewJob job = JobFor(number, number % 2 == 0 ? "7.0.0+driver" : "8.0.0+driver");
    job.requirements = draw.Needs();
    queued.push_back(Enqueue(job));
  }
  for (int number = 0; number < 12; ++number) {
    Capabilities const worker = draw.Worker();
    std::vector<JobId> expected;
    for (JobId const id : queued)
      if (IsGrantable(Get(id), worker, clock_.Now())) expected.push_back(id);
    std::string const name = absl::StrCat("w", number);
    OpenWith(name, worker);
    EXPECT_THAT(GrantedTo(name + "-1", 100), UnorderedElementsAreArray(expected));
  }
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreMatching, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

}  // namespace
}  // namespace probefarm
