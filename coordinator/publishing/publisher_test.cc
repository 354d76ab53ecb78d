#include "coordinator/publishing/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/releases/fake_release_host.h"
#include "coordinator/store/await.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTag[] = "8.0.0+driver/x86_64";
constexpr char kName[] = "falco_debian_6.1.0-1-amd64_1.o";
constexpr char kBytes[] = "the bytes of a probe";

class PublisherTest : public testing::Test {
 protected:
  void SetUp() override {
    NewSession session;
    session.session = "s";
    session.worker = "w";
    session.slots = 1;
    ASSERT_OK(
        Await<OpenedSession>([&](auto done) { store_.OpenSession(session, std::move(done)); }));
  }

  LeaseRef Lease() {
    return LeaseOf({"8.0.0+driver", Arch::kX86_64, "debian", "6.1.0-1-amd64", "1", Kind::kBpf});
  }

  // Of a job with kName, whatever the probe.
  LeaseRef LeaseOf(ProbeId probe, std::string const& fingerprint = "f") {
    NewJob job;
    job.probe = std::move(probe);
    job.file_name = kName;
    job.fingerprint = fingerprint;
    job.spec = "{}";
    EXPECT_OK(Await<std::vector<absl::StatusOr<EnqueuedJob>>>([&](auto done) {
      store_.Enqueue({{job}, "", std::nullopt}, std::move(done));
    }));
    auto const leases = Await<std::vector<GrantedLease>>([&](auto done) {
      store_.Acquire({"s", std::to_string(++requests_), 1}, std::move(done));
    });
    EXPECT_OK(leases);
    return {{leases->at(0).job.id, leases->at(0).job.epoch}, "s"};
  }

  Job JobOf(LeaseRef const& lease) {
    auto const job = Await<Job>([&](auto done) { store_.GetJob(lease.key.job, std::move(done)); });
    EXPECT_OK(job);
    return *job;
  }

  // The whole way of one file, as a worker goes it.
  void PublishBytes(std::string const& bytes) {
    LeaseRef const lease = Lease();
    ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(bytes)));
    ASSERT_TRUE(std::holds_alternative<UploadGrant>(answer));
    ASSERT_OK(publisher_.Report(lease, host_.Perform(std::get<UploadGrant>(answer), bytes)));
  }

  static Artifact ArtifactOf(std::string const& bytes) {
    return {Sha256Hex(bytes), static_cast<int64_t>(bytes.size())};
  }

  FakeClock clock_;
  MemoryStore store_{clock_};
  FakeReleaseHost host_{&clock_};
  Metrics metrics_;
  int published_ = 0;
  int requests_ = 0;
  Publisher publisher_{store_, host_, clock_, metrics_, [this] { ++published_; }};
};

TEST_F(PublisherTest, AReportedAndUploadedFileIsPublished) {
  LeaseRef const lease = Lease();
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  ASSERT_TRUE(std::holds_alternative<UploadGrant>(answer));
  EXPECT_EQ(JobOf(lease).state, JobState::kUploading);
  UploadReport const report = host_.Perform(std::get<UploadGrant>(answer), kBytes);
  ASSERT_OK_AND_ASSIGN(UploadReportAnswer const end, publisher_.Report(lease, report));
  EXPECT_TRUE(std::holds_alternative<UploadDone>(end));
  EXPECT_EQ(JobOf(lease).state, JobState::kPublished);
  EXPECT_EQ(published_, 1);
  ASSERT_OK_AND_ASSIGN(PublishedAsset const asset, Await<PublishedAsset>([&](auto done) {
                         store_.FindAsset(kTag, kName, std::move(done));
                       }));
  EXPECT_EQ(asset.sha256, Sha256Hex(kBytes));
}

TEST_F(PublisherTest, EveryStepCanBeRepeated) {
  LeaseRef const lease = Lease();
  ASSERT_OK(publisher_.Offer(lease, ArtifactOf(kBytes)));
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  UploadReport const report = host_.Perform(std::get<UploadGrant>(answer), kBytes);
  ASSERT_OK(publisher_.Report(lease, report));
  ASSERT_OK_AND_ASSIGN(UploadReportAnswer const again, publisher_.Report(lease, report));
  EXPECT_TRUE(std::holds_alternative<UploadDone>(again));
  EXPECT_EQ(published_, 1);
}

TEST_F(PublisherTest, AStaleLeaseIsRefusedAndAsksNoHost) {
  LeaseRef stale = Lease();
  ++stale.key.epoch;
  EXPECT_THAT(publisher_.Offer(stale, ArtifactOf(kBytes)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(publisher_.Report(stale, {201, {}, "", ""}), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(host_.prepared(), IsEmpty());
}

TEST_F(PublisherTest, AClosedGateMakesTheWorkerWaitAndCostsNoAttempt) {
  LeaseRef const lease = Lease();
  host_.CloseGate(clock_.Now() + absl::Hours(3), "rate limit");
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  EXPECT_EQ(std::get<WaitUntil>(answer).not_before, clock_.Now() + absl::Hours(3));
  EXPECT_EQ(JobOf(lease).state, JobState::kBuilt);
}

TEST_F(PublisherTest, AnErrorOfTheHostMakesTheWorkerWaitAndKeepsTheJob) {
  LeaseRef const lease = Lease();
  host_.FailWith(absl::PermissionDeniedError("the folder cannot be written"));
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  ASSERT_TRUE(std::holds_alternative<WaitUntil>(answer));
  EXPECT_GT(std::get<WaitUntil>(answer).not_before, clock_.Now());
  EXPECT_THAT(std::get<WaitUntil>(answer).why, HasSubstr("cannot be written"));
  EXPECT_EQ(JobOf(lease).state, JobState::kBuilt);
}

TEST_F(PublisherTest, WhatTheHostCanNeverTakeFailsInsteadOfWaiting) {
  LeaseRef const lease = Lease();
  host_.FailWith(absl::InvalidArgumentError("'SHA256SUMS' is the name of a side file"));
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  EXPECT_TRUE(std::holds_alternative<PublishConflict>(answer));
  EXPECT_EQ(JobOf(lease).state, JobState::kFailed);
  EXPECT_EQ(JobOf(lease).reason.code, "unpublishable");
}

TEST_F(PublisherTest, ANameThatTheCatalogGaveToAnotherProbeFailsTheJob) {
  PublishBytes(kBytes);
  LeaseRef const lease =
      LeaseOf({"8.0.0+driver", Arch::kX86_64, "debian", "6.1.0-1-amd64", "2", Kind::kBpf});
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  EXPECT_EQ(JobOf(lease).state, JobState::kFailed);
  EXPECT_EQ(JobOf(lease).reason.code, "conflict");
}

TEST_F(PublisherTest, ARetryWhileTheHostIsInTroubleIsAWait) {
  LeaseRef const lease = Lease();
  ASSERT_OK(publisher_.Offer(lease, ArtifactOf(kBytes)));
  host_.FailWith(absl::UnavailableError("release host is away"));
  ASSERT_OK_AND_ASSIGN(UploadReportAnswer const next,
                       publisher_.Report(lease, {0, {}, "", "connection reset"}));
  EXPECT_TRUE(std::holds_alternative<WaitUntil>(next));
  EXPECT_EQ(JobOf(lease).state, JobState::kUploading);
}

TEST_F(PublisherTest, AVoidSessionCannotFailTheJobOfItsSuccessor) {
  LeaseRef const lease = Lease();
  ASSERT_OK(publisher_.Offer(lease, ArtifactOf(kBytes)));
  LeaseRef void_lease = lease;
  void_lease.session = "void";
  EXPECT_THAT(publisher_.Report(void_lease, {409, {}, "", ""}),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(JobOf(lease).state, JobState::kUploading);
}

TEST_F(PublisherTest, ALostUploadIsGrantedAgain) {
  LeaseRef const lease = Lease();
  ASSERT_OK(publisher_.Offer(lease, ArtifactOf(kBytes)));
  ASSERT_OK_AND_ASSIGN(UploadReportAnswer const next,
                       publisher_.Report(lease, {0, {}, "", "connection reset"}));
  ASSERT_TRUE(std::holds_alternative<UploadGrant>(next));
  ASSERT_OK(publisher_.Report(lease, host_.Perform(std::get<UploadGrant>(next), kBytes)));
  EXPECT_EQ(JobOf(lease).state, JobState::kPublished);
}

TEST_F(PublisherTest, AnUploadWhoseAnswerWasLostIsRecognised) {
  LeaseRef const lease = Lease();
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  host_.Perform(std::get<UploadGrant>(answer), kBytes);
  ASSERT_OK_AND_ASSIGN(UploadReportAnswer const next,
                       publisher_.Report(lease, {0, {}, "", "timed out"}));
  EXPECT_TRUE(std::holds_alternative<UploadDone>(next));
  EXPECT_EQ(JobOf(lease).state, JobState::kPublished);
}

TEST_F(PublisherTest, OtherBytesUnderTheNameAreAConflictAndStay) {
  host_.Put(kTag, kName, "somebody else's");
  LeaseRef const lease = Lease();
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  ASSERT_TRUE(std::holds_alternative<PublishConflict>(answer));
  EXPECT_EQ(JobOf(lease).state, JobState::kFailed);
  EXPECT_THAT(JobOf(lease).reason.text, HasSubstr("never changes"));
  EXPECT_EQ(host_.Asset(kTag, kName), "somebody else's");
}

TEST_F(PublisherTest, ARebuildOfALostAssetMustHaveTheRecordedDigest) {
  PublishBytes(kBytes);
  host_.Remove(kTag, kName);
  LeaseRef const lease = Lease();
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer,
                       publisher_.Offer(lease, ArtifactOf("other bytes")));
  EXPECT_TRUE(std::holds_alternative<PublishConflict>(answer));
  EXPECT_EQ(JobOf(lease).state, JobState::kFailed);
  PublishBytes(kBytes);
  EXPECT_EQ(host_.Asset(kTag, kName), kBytes);
}

TEST_F(PublisherTest, VerificationWaitsForAHostThatIsAwayAndIsDoneLater) {
  LeaseRef const lease = Lease();
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  UploadReport const report = host_.Perform(std::get<UploadGrant>(answer), kBytes);
  host_.FailWith(absl::UnavailableError("release host is away"));
  ASSERT_OK_AND_ASSIGN(UploadReportAnswer const end, publisher_.Report(lease, report));
  EXPECT_TRUE(std::holds_alternative<UploadDone>(end));
  EXPECT_EQ(JobOf(lease).state, JobState::kVerifying);
  publisher_.RunOnce();
  EXPECT_EQ(JobOf(lease).state, JobState::kVerifying);
  host_.FailWith(absl::OkStatus());
  publisher_.RunOnce();
  EXPECT_EQ(JobOf(lease).state, JobState::kPublished);
}

TEST_F(PublisherTest, AnAssetThatIsNotThereAfterAllIsBuiltAgainWithoutCountingAnAttempt) {
  LeaseRef const lease = Lease();
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  UploadReport const report = host_.Perform(std::get<UploadGrant>(answer), kBytes);
  host_.FailWith(absl::UnavailableError("release host is away"));
  ASSERT_OK(publisher_.Report(lease, report));
  host_.FailWith(absl::OkStatus());
  host_.Remove(kTag, kName);
  publisher_.RunOnce();
  EXPECT_EQ(JobOf(lease).state, JobState::kQueued);
  EXPECT_EQ(JobOf(lease).attempts, 0);
}

class PublisherAfterWithdrawal : public PublisherTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(PublisherTest::SetUp());
    ASSERT_NO_FATAL_FAILURE(PublishBytes(kBytes));
    ASSERT_OK(Await<WithdrawalOutcome>([&](auto done) {
      store_.Withdraw({kTag, kName, Sha256Hex(kBytes), "does not load"}, std::move(done));
    }));
  }
  LeaseRef OtherInputs() {
    return LeaseOf({"8.0.0+driver", Arch::kX86_64, "debian", "6.1.0-1-amd64", "1", Kind::kBpf},
                   "other inputs");
  }
  void Removed() {
    host_.Remove(kTag, kName);
    ASSERT_OK(Await<bool>([&](auto done) {
      store_.MarkWithdrawal(kTag, kName, Sha256Hex(kBytes), true, std::move(done));
    }));
  }
};

TEST_F(PublisherAfterWithdrawal, OtherBytesWaitUntilTheWithdrawnOnesAreGone) {
  LeaseRef const lease = OtherInputs();
  ASSERT_OK_AND_ASSIGN(OfferAnswer const early, publisher_.Offer(lease, ArtifactOf("better")));
  ASSERT_TRUE(std::holds_alternative<WaitUntil>(early));
  EXPECT_THAT(std::get<WaitUntil>(early).why, HasSubstr("withdrawn"));
  ASSERT_NO_FATAL_FAILURE(Removed());
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf("better")));
  ASSERT_TRUE(std::holds_alternative<UploadGrant>(answer));
  ASSERT_OK(publisher_.Report(lease, host_.Perform(std::get<UploadGrant>(answer), "better")));
  EXPECT_EQ(JobOf(lease).state, JobState::kPublished);
}

TEST_F(PublisherAfterWithdrawal, TheWithdrawnBytesAreNotUploadedWhateverTheyWereMadeFrom) {
  ASSERT_NO_FATAL_FAILURE(Removed());
  LeaseRef const lease = OtherInputs();
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf(kBytes)));
  ASSERT_TRUE(std::holds_alternative<PublishConflict>(answer));
  EXPECT_EQ(JobOf(lease).state, JobState::kFailed);
  EXPECT_EQ(JobOf(lease).reason.code, "withdrawn");
  EXPECT_THAT(JobOf(lease).reason.text, HasSubstr("does not load"));
  EXPECT_EQ(host_.Asset(kTag, kName), std::nullopt);
}

// Lists are behind: that is no conflict, of which the job would fail for good.
TEST_F(PublisherAfterWithdrawal, AHostThatShowsTheWithdrawnAssetStillIsWaitedFor) {
  ASSERT_NO_FATAL_FAILURE(Removed());
  host_.Put(kTag, kName, kBytes);
  LeaseRef const lease = OtherInputs();
  ASSERT_OK_AND_ASSIGN(OfferAnswer const answer, publisher_.Offer(lease, ArtifactOf("better")));
  EXPECT_TRUE(std::holds_alternative<WaitUntil>(answer));
  EXPECT_EQ(JobOf(lease).state, JobState::kBuilt);
}

}  // namespace
}  // namespace probefarm
