#include "coordinator/backfill/enqueuer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "coordinator/planning/plan.h"
#include "coordinator/planning/sample_offer.h"
#include "coordinator/planning/wanted.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/build/build_spec.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class EnqueuerTest : public testing::Test {
 protected:
  EnqueuerTest() : probe_(FindWanted(offer_, {}).value().wanted.at(0).probe) {}

  std::vector<absl::StatusOr<NewJob>> Plan(std::vector<EnqueueWish> const& wishes,
                                           bool accept_specs = false) {
    Enqueuer enqueuer(store_,
                      [this]() -> absl::StatusOr<Offer> {
                        if (!feeds_.ok()) return feeds_;
                        return offer_;
                      },
                      {"falco", accept_specs});
    return enqueuer.Plan(wishes, Lane::kNewKernels);
  }

  absl::StatusOr<NewJob> PlanOne(EnqueueWish const& wish, bool accept_specs = false) {
    return Plan({wish}, accept_specs).at(0);
  }

  FakeClock clock_;
  MemoryStore store_{clock_};
  Offer offer_ = SampleOffer();
  absl::Status feeds_;
  ProbeId probe_;
};

TEST_F(EnqueuerTest, AProbeOfAKnownKernelBecomesItsJob) {
  ASSERT_OK_AND_ASSIGN(NewJob const job, PlanOne(probe_));
  EXPECT_EQ(job.probe, probe_);
  EXPECT_EQ(job.lane, Lane::kNewKernels);
  EXPECT_EQ(job.run_limit, RunLimitFor(offer_.recipe.limits));
  ASSERT_OK_AND_ASSIGN(BuildSpec const spec, ParseBuildSpec(job.spec));
  EXPECT_EQ(spec.probe, probe_);
}

TEST_F(EnqueuerTest, EachWishIsAnsweredOnItsOwn) {
  ProbeId other_kernel = probe_;
  other_kernel.kernel_release = "5.4.0-none";
  ProbeId other_driver = probe_;
  other_driver.driver_version = "7.0.0";
  auto const jobs = Plan({other_kernel, probe_, other_driver, ClientSpec{"{}"}});
  ASSERT_THAT(jobs, SizeIs(4));
  EXPECT_THAT(jobs[0], StatusIs(absl::StatusCode::kNotFound, HasSubstr("5.4.0-none")));
  EXPECT_OK(jobs[1]);
  EXPECT_THAT(jobs[2], StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("7.0.0")));
  EXPECT_THAT(jobs[3],
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("jobs.accept_specs")));
}

TEST_F(EnqueuerTest, AKernelWithoutHeadersIsRefusedWithTheReason) {
  for (Kernel& kernel : offer_.kernels) kernel.missing = "linux-kbuild-6.1";
  EXPECT_THAT(PlanOne(probe_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("linux-kbuild-6.1")));
}

TEST_F(EnqueuerTest, WithoutFeedsOnlySpecsArePlanned) {
  ASSERT_OK_AND_ASSIGN(NewJob const job, PlanOne(probe_));
  feeds_ = absl::FailedPreconditionError("no feed yet");
  auto const jobs = Plan({probe_, ClientSpec{job.spec}}, /*accept_specs=*/true);
  EXPECT_THAT(jobs[0], StatusIs(absl::StatusCode::kFailedPrecondition, "no feed yet"));
  EXPECT_OK(jobs[1]);
}

TEST_F(EnqueuerTest, ASpecThatIsAcceptedBecomesItsJob) {
  ASSERT_OK_AND_ASSIGN(NewJob const planned, PlanOne(probe_));
  ASSERT_OK_AND_ASSIGN(NewJob const job, PlanOne(ClientSpec{" " + planned.spec}, true));
  EXPECT_EQ(job.spec, planned.spec) << "its canonical form";
  EXPECT_EQ(job.fingerprint, planned.fingerprint);
  EXPECT_EQ(job.requirements, planned.requirements);
  EXPECT_EQ(job.run_limit, planned.run_limit);
}

TEST_F(EnqueuerTest, ASpecThatIsNoneOrNamesAnotherFileIsRefused) {
  EXPECT_THAT(PlanOne(ClientSpec{"{}"}, true), StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_OK_AND_ASSIGN(NewJob const planned, PlanOne(probe_));
  std::string const renamed =
      absl::StrReplaceAll(planned.spec, {{"\"falco_debian", "\"my_debian"}});
  EXPECT_THAT(PlanOne(ClientSpec{renamed}, true),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("loaders ask for")));
}

TEST_F(EnqueuerTest, OnlyProbesAskTheStore) {
  EXPECT_FALSE(Enqueuer::Blocks({ClientSpec{""}}));
  EXPECT_TRUE(Enqueuer::Blocks({ClientSpec{""}, probe_}));
}

}  // namespace
}  // namespace probefarm
