#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/api/api_fixture.h"
#include "coordinator/planning/plan.h"
#include "coordinator/planning/sample_offer.h"
#include "lib/rpc/wire.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class EnqueueCallTest : public ApiFixture {
 protected:
  EnqueueCallTest() {
    Inventory inventory;
    inventory.feeds.push_back({"debian", SampleOffer().kernels, clock_.Now(), ""});
    for (DriverSource const& driver : SampleOffer().drivers)
      inventory.drivers.push_back({driver.version, driver, ""});
    inventory_.Set(std::move(inventory));
    offer_.builders = SampleOffer().builders;
  }

  absl::StatusOr<v1::EnqueueResponse> Enqueue(v1::EnqueueRequest const& request) {
    return Call<v1::JobService>(&v1::JobService::Stub::Enqueue, request);
  }

  // The probe of that number among those that the farm offers.
  v1::EnqueueEntry Probe(size_t number) const {
    v1::EnqueueEntry entry;
    *entry.mutable_probe() = ToWire(FindWanted(offer_, {}).value().wanted.at(number).probe);
    return entry;
  }

  v1::EnqueueEntry Spec(size_t number) const {
    WantedProbes const wanted = FindWanted(offer_, {}).value();
    v1::EnqueueEntry entry;
    entry.set_spec(PlanProbe(offer_, wanted.wanted.at(number), {}, {})->spec);
    return entry;
  }

  Offer offer_ = SampleOffer();
};

TEST_F(EnqueueCallTest, EachEntryIsAnsweredOnItsOwn) {
  v1::EnqueueRequest request;
  *request.add_entries() = Probe(0);
  request.add_entries();
  request.add_entries()->mutable_probe()->set_driver_version("8.0.0+driver");
  request.add_entries()->set_spec("{}");
  *request.add_entries() = Spec(1);
  *request.add_entries() = Probe(0);
  ASSERT_OK_AND_ASSIGN(auto const response, Enqueue(request));
  ASSERT_THAT(response.answers(), SizeIs(6));
  EXPECT_EQ(JobOf(response.answers(0).job()).lane, Lane::kNewKernels);
  EXPECT_EQ(response.answers(1).refused().code(), "invalid_argument");
  EXPECT_THAT(response.answers(1).refused().text(), HasSubstr("a probe or a spec"));
  EXPECT_THAT(response.answers(2).refused().text(), HasSubstr("kind"));
  EXPECT_EQ(response.answers(3).refused().code(), "invalid_argument");
  EXPECT_GT(response.answers(4).job(), response.answers(0).job());
  EXPECT_EQ(response.answers(5).job(), response.answers(0).job());
  EXPECT_TRUE(response.answers(5).joined());
}

TEST_F(EnqueueCallTest, TheSameKeyIsAnsweredAsItWasFirst) {
  v1::EnqueueRequest request;
  request.set_idempotency_key("monday");
  request.set_lane(v1::LANE_BACKFILL);
  *request.add_entries() = Probe(0);
  request.add_entries()->set_spec("{}");
  ASSERT_OK_AND_ASSIGN(auto const first, Enqueue(request));
  EXPECT_EQ(JobOf(first.answers(0).job()).lane, Lane::kBackfill);
  v1::CancelRequest cancel;
  cancel.set_job(first.answers(0).job());
  ASSERT_OK(Call<v1::JobService>(&v1::JobService::Stub::Cancel, cancel));
  ASSERT_OK_AND_ASSIGN(auto const again, Enqueue(request));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  *request.add_entries() = Probe(1);
  EXPECT_THAT(Enqueue(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("batch of 2 entries")));
}

TEST_F(EnqueueCallTest, ABatchThatIsTooLongIsRefusedWhole) {
  v1::EnqueueRequest request;
  for (int i = 0; i < 1001; ++i) *request.add_entries() = Probe(0);
  EXPECT_THAT(Enqueue(request),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("1000 at a time")));
  request.mutable_entries()->DeleteSubrange(0, 1000);
  ASSERT_OK_AND_ASSIGN(auto const response, Enqueue(request));
  EXPECT_EQ(response.answers(0).job(), 1) << "nothing of it was enqueued";
}

TEST_F(EnqueueCallTest, AKeyOrLaneThatCannotBeIsRefused) {
  v1::EnqueueRequest request;
  request.set_idempotency_key(std::string(201, 'k'));
  EXPECT_THAT(Enqueue(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("key")));
  request.clear_idempotency_key();
  request.set_lane(static_cast<v1::Lane>(7));
  EXPECT_THAT(Enqueue(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("lane 7")));
}

TEST_F(EnqueueCallTest, AnEmptyBatchIsNoError) {
  ASSERT_OK_AND_ASSIGN(auto const response, Enqueue({}));
  EXPECT_THAT(response.answers(), SizeIs(0));
}

}  // namespace
}  // namespace probefarm
