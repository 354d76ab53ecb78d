#include "coordinator/api/job_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coordinator/api/api_fixture.h"
#include "coordinator/api/page_token.h"
#include "coordinator/planning/sample_offer.h"
#include "coordinator/store/await.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Stub = v1::JobService::Stub;

class JobApiTest : public ApiFixture {
 protected:
  template <class Request, class Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, Request const&,
                                                            Response*),
                               Request const& request) {
    return Call<v1::JobService>(method, request);
  }

  void OfferSamples() {
    Inventory inventory;
    inventory.feeds.push_back({"debian", SampleOffer().kernels, clock_.Now(), ""});
    inventory.feeds[0].kernels[1].missing = "linux-kbuild-6.1";
    inventory.feeds.push_back({"ubuntu", {}, std::nullopt, "the mirror is away"});
    for (DriverSource const& driver : SampleOffer().drivers)
      inventory.drivers.push_back({driver.version, driver, ""});
    inventory.drivers.push_back({"9.9.9", std::nullopt, "no package"});
    inventory_.Set(std::move(inventory));
  }

  static std::vector<int64_t> IdsOf(v1::ListJobsResponse const& response) {
    std::vector<int64_t> ids;
    for (v1::Job const& job : response.jobs()) ids.push_back(job.id());
    return ids;
  }
};

TEST_F(JobApiTest, ABackfillSaysWhatItDid) {
  OfferSamples();
  v1::BackfillRequest request;
  request.mutable_filter()->set_driver_version("8.0.0+driver");
  ASSERT_OK_AND_ASSIGN(auto const response, Ask(&Stub::Backfill, request));
  EXPECT_EQ(response.backfill(), 1);
  EXPECT_EQ(response.enqueued(), 4);
  EXPECT_EQ(response.excluded_total(), 2);
  ASSERT_THAT(response.excluded(), SizeIs(2));
  EXPECT_EQ(response.excluded(0).reason().code(), "headers_incomplete");
  EXPECT_EQ(response.excluded(0).probe().driver_version(), "8.0.0+driver");
  ASSERT_OK_AND_ASSIGN(auto const again, Ask(&Stub::Backfill, request));
  EXPECT_EQ(again.enqueued(), 0);
  EXPECT_EQ(again.joined(), 4);
}

TEST_F(JobApiTest, EveryFieldOfABackfillsFilterCounts) {
  OfferSamples();
  v1::BackfillRequest request;
  request.set_dry_run(true);
  request.mutable_filter()->set_target("debian");
  request.mutable_filter()->set_arch(v1::ARCH_X86_64);
  request.mutable_filter()->set_kernel("^6");
  request.set_newest(1);
  request.mutable_filter()->set_kind(v1::KIND_BPF);
  ASSERT_OK_AND_ASSIGN(auto response, Ask(&Stub::Backfill, request));
  EXPECT_EQ(response.enqueued(), 2) << "one kernel, two drivers";
  EXPECT_EQ(response.backfill(), 0);
  request.mutable_filter()->set_arch(v1::ARCH_AARCH64);
  ASSERT_OK_AND_ASSIGN(response, Ask(&Stub::Backfill, request));
  EXPECT_EQ(response.enqueued(), 0);
}

TEST_F(JobApiTest, RefusesABackfillThatMeansNothing) {
  OfferSamples();
  v1::BackfillRequest request;
  request.set_newest(-1);
  EXPECT_THAT(Ask(&Stub::Backfill, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("newest")));
  request = {};
  request.mutable_filter()->set_kernel("(");
  EXPECT_THAT(Ask(&Stub::Backfill, request), StatusIs(absl::StatusCode::kInvalidArgument));
  request = {};
  request.mutable_filter()->set_driver_version("0.0.1");
  EXPECT_THAT(Ask(&Stub::Backfill, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("8.0.0+driver")));
  request = {};
  request.mutable_filter()->set_kind(static_cast<v1::Kind>(9));
  EXPECT_THAT(Ask(&Stub::Backfill, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("kind 9")));
}

TEST_F(JobApiTest, BeforeAFeedWasReadThereIsNothingToBackfill) {
  EXPECT_THAT(Ask(&Stub::Backfill, {}), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(JobApiTest, ABackfillIsDoneWhenAllItsJobsAre) {
  OfferSamples();
  v1::BackfillRequest request;
  request.mutable_filter()->set_kind(v1::KIND_KMOD);
  request.mutable_filter()->set_driver_version("e5c53d64");
  request.set_newest(1);
  ASSERT_OK_AND_ASSIGN(auto const backfill, Ask(&Stub::Backfill, request));
  ASSERT_EQ(backfill.enqueued(), 1);
  v1::GetBackfillRequest get;
  get.set_backfill(backfill.backfill());
  ASSERT_OK_AND_ASSIGN(auto progress, Ask(&Stub::GetBackfill, get));
  EXPECT_FALSE(progress.done());
  EXPECT_EQ(progress.description(), "driver=e5c53d64 kind=kmod newest=1");
  v1::CancelRequest cancel;
  cancel.set_job(1);
  ASSERT_OK(Ask(&Stub::Cancel, cancel));
  ASSERT_OK_AND_ASSIGN(progress, Ask(&Stub::GetBackfill, get));
  EXPECT_TRUE(progress.done());
  ASSERT_THAT(progress.counts(), SizeIs(1));
  EXPECT_EQ(progress.counts(0).state(), v1::CANCELLED);
}

TEST_F(JobApiTest, WhatIsNotThereIsNotFound) {
  v1::GetBackfillRequest backfill;
  backfill.set_backfill(9);
  EXPECT_THAT(Ask(&Stub::GetBackfill, backfill), StatusIs(absl::StatusCode::kNotFound));
  v1::GetJobRequest job;
  job.set_id(9);
  EXPECT_THAT(Ask(&Stub::Get, job), StatusIs(absl::StatusCode::kNotFound));
  v1::CancelRequest cancel;
  cancel.set_job(9);
  EXPECT_THAT(Ask(&Stub::Cancel, cancel), StatusIs(absl::StatusCode::kNotFound));
  v1::RetryRequest retry;
  retry.set_job(9);
  EXPECT_THAT(Ask(&Stub::Retry, retry), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(JobApiTest, AJobComesWithItsSpecAndItsPhase) {
  v1::GetJobRequest request;
  request.set_id(Enqueue(1));
  std::string const session = OpenSession("w");
  Acquire(session);
  phases_.Update(session, {{{request.id(), 1}, LeasePhase::kBuilding, ""}}, false, clock_.Now());
  ASSERT_OK_AND_ASSIGN(auto const response, Ask(&Stub::Get, request));
  EXPECT_EQ(response.spec(), "{}");
  EXPECT_EQ(response.job().state(), v1::LEASED);
  EXPECT_EQ(response.job().phase(), v1::BUILDING);
  EXPECT_EQ(response.job().worker(), "w");
  EXPECT_EQ(response.job().probe().kernel_release(), "6.1.1");
}

TEST_F(JobApiTest, JobsComeInPagesNewestFirst) {
  for (int number = 1; number <= 5; ++number) Enqueue(number);
  v1::ListJobsRequest request;
  request.set_page_size(2);
  std::vector<int64_t> ids;
  int pages = 0;
  do {
    ASSERT_OK_AND_ASSIGN(auto const page, Ask(&Stub::List, request));
    for (int64_t const id : IdsOf(page)) ids.push_back(id);
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_THAT(ids, ElementsAre(5, 4, 3, 2, 1));
  EXPECT_EQ(pages, 3);
}

TEST_F(JobApiTest, JobsAreFilteredByStateAndProbe) {
  for (int number = 1; number <= 3; ++number) Enqueue(number);
  v1::CancelRequest cancel;
  cancel.set_job(2);
  ASSERT_OK(Ask(&Stub::Cancel, cancel));
  v1::ListJobsRequest request;
  request.mutable_filter()->add_states(v1::CANCELLED);
  ASSERT_OK_AND_ASSIGN(auto page, Ask(&Stub::List, request));
  EXPECT_THAT(IdsOf(page), ElementsAre(2));
  request.Clear();
  request.mutable_filter()->mutable_probe()->set_kernel("1\\.3$");
  ASSERT_OK_AND_ASSIGN(page, Ask(&Stub::List, request));
  EXPECT_THAT(IdsOf(page), ElementsAre(3));
}

TEST_F(JobApiTest, RefusesAPageOrFilterThatMeansNothing) {
  v1::ListJobsRequest request;
  for (int const size : {-1, 1001}) {
    request.set_page_size(size);
    EXPECT_THAT(Ask(&Stub::List, request),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page_size")));
  }
  request.Clear();
  request.set_page_token("nonsense");
  EXPECT_THAT(Ask(&Stub::List, request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_page_token(PageToken("jobs", request.filter(), "nonsense"));
  EXPECT_THAT(Ask(&Stub::List, request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_page_token(PageToken("jobs", request.filter(), "2"));
  request.mutable_filter()->add_states(v1::FAILED);
  EXPECT_THAT(Ask(&Stub::List, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("this query")));
  request.Clear();
  request.mutable_filter()->mutable_probe()->set_kernel("(");
  EXPECT_THAT(Ask(&Stub::List, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("regular expression")));
  request.Clear();
  request.mutable_filter()->add_states(static_cast<v1::JobState>(77));
  EXPECT_THAT(Ask(&Stub::List, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("state 77")));
}

TEST_F(JobApiTest, ACancelledJobCanBeRetried) {
  v1::CancelRequest cancel;
  cancel.set_job(Enqueue(1));
  ASSERT_OK_AND_ASSIGN(auto const cancelled, Ask(&Stub::Cancel, cancel));
  EXPECT_EQ(cancelled.job().state(), v1::CANCELLED);
  EXPECT_THAT(Ask(&Stub::Cancel, cancel), StatusIs(absl::StatusCode::kFailedPrecondition));
  v1::RetryRequest retry;
  retry.set_job(cancel.job());
  ASSERT_OK_AND_ASSIGN(auto const retried, Ask(&Stub::Retry, retry));
  EXPECT_EQ(retried.job().state(), v1::QUEUED);
}

TEST_F(JobApiTest, WorkersAreListedWithWhatTheyDo) {
  Enqueue(1);
  std::string const session = OpenSession("w");
  Acquire(session);
  phases_.Update(session, {{{1, 1}, LeasePhase::kFetching, ""}}, true, clock_.Now());
  ASSERT_OK_AND_ASSIGN(auto const response, Ask(&Stub::ListWorkers, v1::ListWorkersRequest()));
  ASSERT_THAT(response.workers(), SizeIs(1));
  v1::Worker const& worker = response.workers(0);
  EXPECT_EQ(worker.id(), "w");
  EXPECT_TRUE(worker.live());
  EXPECT_TRUE(worker.draining());
  ASSERT_THAT(worker.leases(), SizeIs(1));
  EXPECT_EQ(worker.leases(0).phase(), v1::FETCHING);
}

TEST_F(JobApiTest, TheStatusShowsTheWholeFarm) {
  OfferSamples();
  Publish(1);
  Enqueue(2);
  host_status_ = absl::UnavailableError("read-only file system");
  rooms_ = {{{"o/a", "8.0.0+driver/x86_64"}, 7}};
  ASSERT_OK_AND_ASSIGN(auto const status, Ask(&Stub::GetStatus, v1::GetStatusRequest()));
  EXPECT_EQ(status.version(), "1.2.3");
  EXPECT_EQ(status.download_url(), "http://farm/releases/");
  EXPECT_EQ(status.signing_key(), "0123456789abcdef");
  EXPECT_THAT(status.jobs(), SizeIs(2));
  EXPECT_EQ(status.live_workers(), 1);
  EXPECT_EQ(status.published(), 1);
  EXPECT_EQ(status.stale_releases(), 1);
  EXPECT_EQ(status.release_host_error(), "read-only file system");
  ASSERT_THAT(status.rooms(), SizeIs(1));
  EXPECT_EQ(status.rooms(0).tag(), "8.0.0+driver/x86_64");
  EXPECT_EQ(status.rooms(0).room(), 7);
  ASSERT_THAT(status.feeds(), SizeIs(2));
  EXPECT_EQ(status.feeds(0).kernels(), 3);
  EXPECT_EQ(status.feeds(0).incomplete(), 1);
  EXPECT_EQ(status.feeds(1).error(), "the mirror is away");
  EXPECT_FALSE(status.feeds(1).has_last_success());
  ASSERT_THAT(status.drivers(), SizeIs(3));
  EXPECT_THAT(status.drivers(0).error(), IsEmpty());
  EXPECT_EQ(status.drivers(2).error(), "no package");
}

TEST_F(JobApiTest, ExplainsWhatAJobWaitsFor) {
  Enqueue(1);
  JobId const id = Enqueue(2);
  v1::ExplainRequest request;
  request.set_job(id);
  ASSERT_OK_AND_ASSIGN(auto const alone, Ask(&Stub::Explain, request));
  EXPECT_EQ(alone.job().id(), id);
  ASSERT_THAT(alone.reasons(), SizeIs(2));
  EXPECT_EQ(alone.reasons(0).code(), "no_worker");
  EXPECT_EQ(alone.reasons(1).text(), "1 job ahead in its lane");
  request.set_job(99);
  EXPECT_THAT(Ask(&Stub::Explain, request), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(JobApiTest, ExplainsThatThereIsNoRoom) {
  v1::ExplainRequest request;
  request.set_job(Enqueue(1));
  ASSERT_OK_AND_ASSIGN(auto const before, Ask(&Stub::Explain, request));
  rooms_ = {{{"o/a", ReleaseTag(JobOf(request.job()).probe)}, 0}};
  ASSERT_OK_AND_ASSIGN(auto const full, Ask(&Stub::Explain, request));
  EXPECT_NE(before.reasons(0).code(), "no_room");
  EXPECT_EQ(full.reasons(0).code(), "no_room");
}

TEST_F(JobApiTest, ExplainsWhoHoldsAJob) {
  JobId const id = Enqueue(1);
  std::string const session = OpenSession("w1");
  v1::HeartbeatRequest beat;
  beat.set_session(session);
  v1::HeldLease* const held = beat.add_held();
  *held->mutable_name() = Acquire(session).name();
  held->set_phase(v1::FETCHING);
  held->set_progress("linux-headers 40 %");
  ASSERT_OK(Call<v1::WorkerService>(&v1::WorkerService::Stub::Heartbeat, beat));
  v1::ExplainRequest request;
  request.set_job(id);
  ASSERT_OK_AND_ASSIGN(auto const held_by, Ask(&Stub::Explain, request));
  ASSERT_THAT(held_by.reasons(), SizeIs(1));
  EXPECT_EQ(held_by.reasons(0).text(), "worker w1: fetching, linux-headers 40 %");
}

}  // namespace
}  // namespace probefarm
