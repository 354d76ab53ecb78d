#include "coordinator/api/withdraw_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/api/api_fixture.h"
#include "lib/rpc/wire.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Stub = v1::CatalogService::Stub;

constexpr char kName[] = "falco_debian_6.1.1_1.o";

class WithdrawCallTest : public ApiFixture {
 protected:
  absl::StatusOr<v1::WithdrawProbeResponse> Withdraw(std::string const& name,
                                                     std::string const& reason = "does not load") {
    v1::WithdrawProbeRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return Call<v1::CatalogService>(&Stub::WithdrawProbe, request);
  }
  absl::StatusOr<v1::ListWithdrawalsResponse> List(v1::ListWithdrawalsRequest const& request) {
    return Call<v1::CatalogService>(&Stub::ListWithdrawals, request);
  }
};

TEST_F(WithdrawCallTest, AnswersWhatWasWithdrawnAndWhetherItWasBefore) {
  Publish(1);
  ASSERT_OK_AND_ASSIGN(auto const first, Withdraw(kName));
  EXPECT_FALSE(first.already());
  EXPECT_EQ(first.withdrawn().probe().asset_name(), kName);
  EXPECT_EQ(first.withdrawn().probe().probe().kernel_release(), "6.1.1");
  EXPECT_EQ(first.withdrawn().reason(), "does not load");
  EXPECT_EQ(first.withdrawn().inputs(), "f");
  EXPECT_FALSE(first.withdrawn().removed());
  ASSERT_OK_AND_ASSIGN(auto const again, Withdraw(kName, "another"));
  EXPECT_TRUE(again.already());
  EXPECT_EQ(again.withdrawn().reason(), "does not load");
}

TEST_F(WithdrawCallTest, RefusesByTheWithdrawersRules) {
  Publish(1);
  EXPECT_THAT(Withdraw(kName, ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Withdraw("other.o"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("probefarm probes")));
  v1::WithdrawProbeRequest request;
  request.set_name(kName);
  request.set_reason("does not load");
  request.set_arch(static_cast<v1::Arch>(99));
  EXPECT_THAT(Call<v1::CatalogService>(&Stub::WithdrawProbe, request),
              StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_arch(v1::ARCH_AARCH64);
  EXPECT_THAT(Call<v1::CatalogService>(&Stub::WithdrawProbe, request),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(List({})->withdrawn(), IsEmpty());
}

TEST_F(WithdrawCallTest, WithdrawalsAreListedInPages) {
  for (int number = 1; number <= 3; ++number) {
    Publish(number);
    ASSERT_OK(Withdraw(absl::StrCat("falco_debian_6.1.", number, "_1.o")));
  }
  v1::ListWithdrawalsRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(auto const first, List(request));
  EXPECT_THAT(first.withdrawn(), SizeIs(2));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(auto const second, List(request));
  EXPECT_THAT(second.withdrawn(), SizeIs(1));
  EXPECT_THAT(second.next_page_token(), IsEmpty());
  request.Clear();
  request.mutable_filter()->set_kernel("1\\.2$");
  EXPECT_THAT(List(request)->withdrawn(), SizeIs(1));
  request.set_page_token("nonsense");
  EXPECT_THAT(List(request), StatusIs(absl::StatusCode::kInvalidArgument));
}

// What a client asks of the job that published it.
TEST_F(WithdrawCallTest, ExplainSaysThatItWasWithdrawn) {
  Publish(1);
  ASSERT_OK(Withdraw(kName));
  v1::ExplainRequest request;
  request.set_job(1);
  ASSERT_OK_AND_ASSIGN(auto const why,
                       Call<v1::JobService>(&v1::JobService::Stub::Explain, request));
  EXPECT_EQ(why.reasons(0).code(), "withdrawn");
  EXPECT_THAT(why.reasons(0).text(), HasSubstr("does not load"));
}

}  // namespace
}  // namespace probefarm
