#include "coordinator/backfill/backfiller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/planning/sample_offer.h"
#include "coordinator/store/await.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string const& Digest() {
  static std::string const digest(64, 'a');
  return digest;
}

// A farm that offers SampleOffer(): 2 drivers x 3 kernels x 2 kinds, all of which can be planned.
class BackfillerTest : public testing::Test {
 protected:
  void SetUp() override {
    Put(SampleOffer());
    ASSERT_OK(Await<OpenedSession>([&](auto done) {
      store_.OpenSession({.session = "s",
                          .worker = "w",
                          .capabilities = {.memory_bytes_per_slot = int64_t{8} << 30},
                          .slots = 1},
                         std::move(done));
    }));
  }

  void Put(Offer const& offer) {
    Inventory inventory;
    inventory.feeds.push_back({"debian", offer.kernels, clock_.Now(), ""});
    for (DriverSource const& driver : offer.drivers)
      inventory.drivers.push_back({driver.version, driver, ""});
    board_.Set(std::move(inventory));
  }

  absl::StatusOr<BackfillResult> Run(ProbeFilter filter = {}, bool dry_run = false) {
    return backfiller_.Run({std::move(filter), dry_run});
  }

  std::vector<Job> Jobs() {
    return Await<JobPage>([&](auto done) {
             store_.ListJobs({}, {1000, ""}, std::move(done));
           })
        .value()
        .jobs;
  }

  Job Lease() {
    return Await<std::vector<GrantedLease>>([&](auto done) {
             store_.Acquire({"s", absl::StrCat(++requests_), 1}, std::move(done));
           })
        .value()
        .at(0)
        .job;
  }

  Job Apply(Job const& job, JobEvent event) {
    return Await<Job>([&](auto done) {
             store_.ApplyToLease({{job.id, job.epoch}, "s"}, std::move(event), std::move(done));
           })
        .value();
  }

  // Takes one job from the queue into the catalog.
  PublishedAsset PublishOne() {
    Job job = Lease();
    for (JobEvent const& event :
         {JobEvent(job_event::ReportArtifact{{Digest(), 5}}), JobEvent(job_event::GrantUpload{}),
          JobEvent(job_event::UploadArrived{})}) {
      job = Apply(job, event);
    }
    PublishedAsset asset{.probe = job.probe,
                         .file_name = job.file_name,
                         .tag = ReleaseTag(job.probe),
                         .asset_name = job.file_name,
                         .sha256 = Digest(),
                         .size = 5,
                         .job = job.id,
                         .epoch = job.epoch};
    EXPECT_OK(Await<Job>([&](auto done) { store_.Publish(job.id, asset, std::move(done)); }));
    return asset;
  }

  FakeClock clock_;
  MemoryStore store_{clock_};
  InventoryBoard board_;
  std::function<absl::Status()> reconcile_ = [] { return absl::OkStatus(); };
  int requests_ = 0;
  Backfiller backfiller_{store_, board_, [this] { return reconcile_(); }, SampleOffer().builders,
                         RecipeOptions()};
};

TEST_F(BackfillerTest, EnqueuesEveryProbeThatIsMeant) {
  ASSERT_OK_AND_ASSIGN(BackfillResult const result, Run());
  EXPECT_EQ(result.enqueued, 12);
  EXPECT_THAT(result.excluded, IsEmpty());
  EXPECT_THAT(Jobs(), SizeIs(12));
  EXPECT_EQ(Jobs()[0].lane, Lane::kBackfill);
}

TEST_F(BackfillerTest, TheSecondTimeEnqueuesNothingTwice) {
  ASSERT_OK_AND_ASSIGN(BackfillResult const first, Run());
  PublishOne();
  Apply(Lease(), job_event::PermanentFailure{{"compiler_error", "no"}});
  ASSERT_OK_AND_ASSIGN(BackfillResult const second, Run());
  EXPECT_EQ(second.enqueued, 0);
  EXPECT_EQ(second.joined, 10);
  EXPECT_EQ(second.already_published, 1);
  EXPECT_EQ(second.known_to_fail, 1);
  EXPECT_THAT(Jobs(), SizeIs(12));
  EXPECT_NE(first.backfill, second.backfill);
}

TEST_F(BackfillerTest, ItsJobsJoinedOnesTooAreItsOwn) {
  ASSERT_OK(Run({.kind = Kind::kBpf}));
  ASSERT_OK_AND_ASSIGN(BackfillResult const result, Run({.driver_version = "8.0.0+driver"}));
  EXPECT_EQ(result.joined, 3);
  EXPECT_EQ(result.enqueued, 3);
  ASSERT_OK_AND_ASSIGN(BackfillProgress const progress, Await<BackfillProgress>([&](auto done) {
                         store_.GetBackfill(result.backfill, std::move(done));
                       }));
  EXPECT_EQ(progress.counts.at(JobState::kQueued), 6);
  EXPECT_EQ(progress.description, "driver=8.0.0+driver");
}

TEST_F(BackfillerTest, ADryRunCountsAndEnqueuesNothing) {
  ASSERT_OK(Run({.kind = Kind::kBpf}));
  ASSERT_OK_AND_ASSIGN(BackfillResult const result, Run({}, /*dry_run=*/true));
  EXPECT_EQ(result.backfill, 0);
  EXPECT_EQ(result.enqueued, 6);
  EXPECT_EQ(result.joined, 6);
  EXPECT_THAT(Jobs(), SizeIs(6));
}

TEST_F(BackfillerTest, WithNothingToDoThereIsNoBackfill) {
  ASSERT_OK(Run({.kernel_regex = "6.1.0-55", .newest = 1}));
  for (int i = 0; i < 4; ++i) PublishOne();
  ASSERT_OK_AND_ASSIGN(BackfillResult const result, Run({.kernel_regex = "6.1.0-55"}));
  EXPECT_EQ(result.backfill, 0);
  EXPECT_EQ(result.already_published, 4);
}

TEST_F(BackfillerTest, SaysWhatIsExcludedAndWhy) {
  Offer offer = SampleOffer();
  offer.kernels[1].missing = "linux-kbuild-6.1";
  Put(offer);
  ASSERT_OK_AND_ASSIGN(BackfillResult const result, Run());
  EXPECT_EQ(result.enqueued, 8);
  ASSERT_THAT(result.excluded, SizeIs(4));
  EXPECT_EQ(result.excluded[0].reason.code, "headers_incomplete");
  EXPECT_THAT(result.excluded[0].reason.text, HasSubstr("linux-kbuild-6.1"));
}

TEST_F(BackfillerTest, AnAssetThatTheReleaseHostLostIsEnqueuedAgain) {
  ASSERT_OK(Run({.kernel_regex = "6.1.0-56"}));
  PublishedAsset const lost = PublishOne();
  reconcile_ = [&] {
    return Await<bool>([&](auto done) {
             store_.MarkAsset(lost.tag, lost.asset_name, AssetPresence::kMissing, std::move(done));
           })
        .status();
  };
  ASSERT_OK_AND_ASSIGN(BackfillResult const result, Run({.kernel_regex = "6.1.0-56"}));
  EXPECT_EQ(result.enqueued, 1);
  EXPECT_EQ(result.already_published, 0);
  EXPECT_EQ(Jobs()[0].probe, lost.probe);
}

TEST_F(BackfillerTest, DoesNotGoByAPictureThatMayBeOld) {
  reconcile_ = [] { return absl::UnavailableError("the release host is away"); };
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kFailedPrecondition,
                              HasSubstr("the release host is away")));
  EXPECT_THAT(Jobs(), IsEmpty());
}

TEST_F(BackfillerTest, NothingCanBePlannedBeforeSomethingWasRead) {
  Offer offer = SampleOffer();
  offer.drivers.clear();
  Put(offer);
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("driver source")));
  board_.Set({});
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("kernel feed")));
}

TEST_F(BackfillerTest, AFilterThatMeansNothingIsAnError) {
  EXPECT_THAT(Run({.driver_version = "0.0.0"}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Run({.kernel_regex = "("}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Jobs(), IsEmpty());
}

TEST_F(BackfillerTest, GoesThroughALargeMatrixWhole) {
  Offer offer = SampleOffer();
  offer.kernels.clear();
  for (int i = 0; i < 130; ++i) {
    offer.kernels.push_back(SampleKernel(absl::StrCat("6.1.0-", 200 - i, "-cloud-amd64"),
                                         absl::StrCat("6.1.", 400 - i, "-1")));
  }
  Put(offer);
  ASSERT_OK_AND_ASSIGN(BackfillResult const result, Run());
  EXPECT_EQ(result.enqueued, 520);
  EXPECT_THAT(Jobs(), SizeIs(520));
}

}  // namespace
}  // namespace probefarm
