#include "worker/lease/publishing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"
#include "worker/lease/fake_coordinator.h"

namespace probefarm {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr LeaseName kLease = {7, 2};

// Takes what is uploaded; `during` runs before each answer.
class UploadTarget final : public HttpClient {
 public:
  absl::StatusOr<HttpResponse> Send(HttpRequest const& request) override {
    if (during) during();
    if (request.cancelled()) return absl::CancelledError("cancelled");
    std::string body(static_cast<size_t>(request.body_size), '\0');
    ASSIGN_OR_RETURN(size_t const read, request.body_source(body.data(), body.size()));
    bodies.push_back(body.substr(0, read));
    return HttpResponse{.status = 201};
  }

  std::function<void()> during;
  std::vector<std::string> bodies;
};

class PublishingTest : public testing::Test {
 protected:
  PublishingTest() { leases_.Add(kLease); }

  SendIt Grant() const {
    return {{"PUT", "http://host/upload", {}, clock_.Now() + absl::Hours(1)}};
  }

  // Waits as long as it is asked to, up to a day, before each next call.
  PublishingEnd Run(BuiltFile const& file) {
    Delivery delivery{file};
    while (true) {
      std::variant<PublishingEnd, absl::Time> const next = publishing_.GoOn(delivery);
      if (auto const* end = std::get_if<PublishingEnd>(&next)) return *end;
      EXPECT_GT(std::get<absl::Time>(next), clock_.Now());
      clock_.Advance(std::min(std::get<absl::Time>(next) - clock_.Now(), absl::Hours(24)));
    }
  }

  FakeClock clock_;
  FakeCoordinator coordinator_;
  LeaseTable leases_;
  UploadTarget target_;
  std::vector<absl::Duration> waits_;
  Publishing publishing_{coordinator_,
                         leases_,
                         target_,
                         clock_,
                         [] { return "s1"; },
                         [this](absl::Duration wait) {
                           waits_.push_back(wait);
                           clock_.Advance(wait);
                         }};
  TemporaryFolder folder_;
  BuiltFile const file_{kLease, folder_.Write("artifact", "probe"), "abc", 5};
};

TEST_F(PublishingTest, ReportsTheDigestThenSendsTheFileThenSaysSo) {
  coordinator_.NextStepOf(Grant());
  EXPECT_EQ(Run(file_), PublishingEnd::kDelivered);
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("ReportArtifact s1 7/2 abc 5", "ReportUpload s1 7/2 201 "));
  EXPECT_THAT(target_.bodies, ElementsAre("probe"));
}

TEST_F(PublishingTest, SaysByItsPhaseWhatItDoes) {
  coordinator_.NextStepOf(Grant());
  target_.during = [&] { EXPECT_EQ(leases_.Held().at(0).phase, Phase::kSending); };
  coordinator_.OnCall([&](std::string const& call) {
    if (call.starts_with("ReportArtifact")) {
      EXPECT_EQ(leases_.Held().at(0).phase, Phase::kAwaitingUpload);
    }
  });
  EXPECT_EQ(Run(file_), PublishingEnd::kDelivered);
}

TEST_F(PublishingTest, WhatIsThereAlreadyIsNotSent) {
  coordinator_.NextStepOf(DeleteIt{true, "there already"});
  EXPECT_EQ(Run(file_), PublishingEnd::kDelivered);
  EXPECT_THAT(target_.bodies, IsEmpty());
}

TEST_F(PublishingTest, AConflictIsTheEnd) {
  coordinator_.NextStepOf(DeleteIt{false, "other bytes are there"});
  EXPECT_EQ(Run(file_), PublishingEnd::kRefused);
  EXPECT_THAT(target_.bodies, IsEmpty());
}

TEST_F(PublishingTest, WaitsAsLongAsItIsToldThenAsksAgain) {
  absl::Time const gate = clock_.Now() + absl::Hours(3);
  coordinator_.NextStepOf(AskAgain{gate, "rate limit"});
  EXPECT_EQ(Run(file_), PublishingEnd::kDelivered);
  EXPECT_GE(clock_.Now(), gate);
  EXPECT_THAT(coordinator_.calls(), SizeIs(2));
}

TEST_F(PublishingTest, SaysWhatTheFileWaitsFor) {
  coordinator_.NextStepOf(AskAgain{absl::InfiniteFuture(), "gate closed"});
  Delivery delivery{file_};
  auto const next = publishing_.GoOn(delivery);
  EXPECT_EQ(std::get<absl::Time>(next), absl::InfiniteFuture());
  EXPECT_EQ(leases_.Held().at(0).phase, Phase::kAwaitingUpload);
  EXPECT_EQ(leases_.Held().at(0).progress, "gate closed");
}

TEST_F(PublishingTest, ATimeThatHasPassedIsWaitedForAllTheSame) {
  coordinator_.NextStepOf(AskAgain{absl::InfinitePast(), "an error of the coordinator's"});
  Delivery delivery{file_};
  EXPECT_GT(std::get<absl::Time>(publishing_.GoOn(delivery)), clock_.Now());
}

TEST_F(PublishingTest, NothingIsAskedForALeaseThatHasEnded) {
  coordinator_.NextStepOf(AskAgain{absl::InfiniteFuture(), "gate closed"});
  coordinator_.OnCall([&](std::string const&) { leases_.End(kLease); });
  EXPECT_EQ(Run(file_), PublishingEnd::kLeaseOver);
  EXPECT_EQ(Run(file_), PublishingEnd::kLeaseOver);
  EXPECT_THAT(coordinator_.calls(), SizeIs(1));
}

TEST_F(PublishingTest, ANewGrantIsUsedAfterAPauseThatGrows) {
  for (int i = 0; i < 20; ++i) coordinator_.NextStepOf(Grant());
  absl::Time const start = clock_.Now();
  EXPECT_EQ(Run(file_), PublishingEnd::kDelivered);
  EXPECT_THAT(target_.bodies, SizeIs(20));
  EXPECT_GT(clock_.Now() - start, absl::Seconds(30));
}

TEST_F(PublishingTest, AWaitAfterAnUploadAsksForANewGrant) {
  coordinator_.NextStepOf(Grant());
  coordinator_.NextStepOf(AskAgain{clock_.Now() + absl::Minutes(1), "no space"});
  coordinator_.NextStepOf(Grant());
  EXPECT_EQ(Run(file_), PublishingEnd::kDelivered);
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("ReportArtifact s1 7/2 abc 5", "ReportUpload s1 7/2 201 ",
                          "ReportArtifact s1 7/2 abc 5", "ReportUpload s1 7/2 201 "));
}

TEST_F(PublishingTest, LostAnswersAreAskedForAgainAndTheFileIsSentOnce) {
  coordinator_.NextStepOf(absl::UnavailableError("restarting"));
  coordinator_.NextStepOf(Grant());
  coordinator_.NextStepOf(absl::DeadlineExceededError("lost"));
  EXPECT_EQ(Run(file_), PublishingEnd::kDelivered);
  EXPECT_THAT(coordinator_.calls(),
              ElementsAre("ReportArtifact s1 7/2 abc 5", "ReportArtifact s1 7/2 abc 5",
                          "ReportUpload s1 7/2 201 ", "ReportUpload s1 7/2 201 "));
  EXPECT_THAT(target_.bodies, SizeIs(1));
}

TEST_F(PublishingTest, AStaleLeaseIsOver) {
  coordinator_.NextStepOf(absl::AbortedError("not yours any more"));
  EXPECT_EQ(Run(file_), PublishingEnd::kLeaseOver);
  EXPECT_THAT(coordinator_.calls(), SizeIs(1));
}

TEST_F(PublishingTest, ALeaseThatEndsInMidUploadEndsTheUpload) {
  coordinator_.NextStepOf(Grant());
  coordinator_.NextStepOf(absl::AbortedError("not yours any more"));
  target_.during = [&] { leases_.End(kLease); };
  EXPECT_EQ(Run(file_), PublishingEnd::kLeaseOver);
  EXPECT_THAT(target_.bodies, IsEmpty());
}

TEST_F(PublishingTest, AFencedWorkerDoesNotWaitForACoordinatorThatIsAway) {
  coordinator_.OnCall([&](std::string const&) { leases_.EndAll(); });
  coordinator_.NextStepOf(absl::UnavailableError("away"));
  EXPECT_EQ(Run(file_), PublishingEnd::kLeaseOver);
  EXPECT_THAT(waits_, IsEmpty());
}

TEST_F(PublishingTest, AFileThatIsGoneIsReportedAsNoAnswer) {
  BuiltFile gone = file_;
  gone.path += ".gone";
  coordinator_.NextStepOf(Grant());
  coordinator_.NextStepOf(DeleteIt{false, "never"});
  EXPECT_EQ(Run(gone), PublishingEnd::kRefused);
  EXPECT_THAT(coordinator_.calls(), Contains(StartsWith("ReportUpload s1 7/2 0 open")));
}

}  // namespace
}  // namespace probefarm
