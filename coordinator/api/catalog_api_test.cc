#include "coordinator/api/catalog_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coordinator/api/api_fixture.h"
#include "coordinator/api/page_token.h"
#include "coordinator/planning/sample_offer.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Stub = v1::CatalogService::Stub;

class CatalogApiTest : public ApiFixture {
 protected:
  CatalogApiTest() {
    Inventory inventory;
    inventory.feeds.push_back({"debian", SampleOffer().kernels, clock_.Now(), ""});
    inventory.feeds[0].kernels[2].missing = "linux-kbuild-6.1";
    inventory_.Set(std::move(inventory));
  }

  absl::StatusOr<v1::ListKernelsResponse> Kernels(v1::ListKernelsRequest const& request) {
    return Call<v1::CatalogService>(&Stub::ListKernels, request);
  }
  absl::StatusOr<v1::ListProbesResponse> Probes(v1::ListProbesRequest const& request) {
    return Call<v1::CatalogService>(&Stub::ListProbes, request);
  }
};

TEST_F(CatalogApiTest, KernelsComeWithTheirPackagesAndWhatIsMissing) {
  ASSERT_OK_AND_ASSIGN(auto const response, Kernels({}));
  ASSERT_THAT(response.kernels(), SizeIs(3));
  v1::Kernel const& kernel = response.kernels(0);
  EXPECT_EQ(kernel.release(), "6.12.117+deb12-cloud-amd64");
  EXPECT_EQ(kernel.arch(), v1::ARCH_X86_64);
  ASSERT_THAT(kernel.packages(), SizeIs(1));
  EXPECT_THAT(kernel.packages(0).urls(), ElementsAre("http://mirror/x"));
  EXPECT_THAT(kernel.missing(), IsEmpty());
  EXPECT_EQ(response.kernels(2).missing(), "linux-kbuild-6.1");
}

TEST_F(CatalogApiTest, KernelsAreFiltered) {
  v1::ListKernelsRequest request;
  request.mutable_filter()->set_kernel("^6\\.1\\.");
  ASSERT_OK_AND_ASSIGN(auto response, Kernels(request));
  EXPECT_THAT(response.kernels(), SizeIs(2));
  request.mutable_filter()->set_target("ubuntu-generic");
  ASSERT_OK_AND_ASSIGN(response, Kernels(request));
  EXPECT_THAT(response.kernels(), IsEmpty());
  request.mutable_filter()->set_target("debian");
  request.mutable_filter()->set_arch(v1::ARCH_AARCH64);
  ASSERT_OK_AND_ASSIGN(response, Kernels(request));
  EXPECT_THAT(response.kernels(), IsEmpty());
}

TEST_F(CatalogApiTest, KernelsComeInPages) {
  v1::ListKernelsRequest request;
  request.set_page_size(1);
  request.mutable_filter()->set_kernel("^6\\.1\\.");
  std::vector<std::string> releases;
  do {
    ASSERT_OK_AND_ASSIGN(auto const page, Kernels(request));
    ASSERT_THAT(page.kernels(), SizeIs(1));
    releases.push_back(page.kernels(0).release());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(releases, ElementsAre("6.1.0-56-cloud-amd64", "6.1.0-55-cloud-amd64"));
}

TEST_F(CatalogApiTest, RefusesAListingThatMeansNothing) {
  v1::ListKernelsRequest kernels;
  kernels.set_page_size(1001);
  EXPECT_THAT(Kernels(kernels),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page_size")));
  kernels.Clear();
  kernels.set_page_token("-1");
  EXPECT_THAT(Kernels(kernels),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page token")));
  kernels.set_page_token(PageToken("kernels", kernels.filter(), "-1"));
  EXPECT_THAT(Kernels(kernels), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("-1")));
  kernels.Clear();
  kernels.mutable_filter()->set_kernel("(");
  EXPECT_THAT(Kernels(kernels), StatusIs(absl::StatusCode::kInvalidArgument));
  v1::ListProbesRequest probes;
  probes.set_page_size(-1);
  EXPECT_THAT(Probes(probes), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page_size")));
  probes.Clear();
  probes.mutable_filter()->set_kernel("(");
  EXPECT_THAT(Probes(probes), StatusIs(absl::StatusCode::kInvalidArgument));
  probes.Clear();
  probes.set_page_token("nonsense");
  EXPECT_THAT(Probes(probes), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CatalogApiTest, ThePageTokenOfAnotherQueryIsRefused) {
  v1::ListKernelsRequest kernels;
  kernels.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(auto const page, Kernels(kernels));
  kernels.set_page_token(page.next_page_token());
  ASSERT_OK(Kernels(kernels));
  v1::ListProbesRequest probes;
  probes.set_page_token(page.next_page_token());
  EXPECT_THAT(Probes(probes),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("this query")));
  kernels.mutable_filter()->set_kernel("^6");
  EXPECT_THAT(Kernels(kernels),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("this query")));
}

TEST_F(CatalogApiTest, AKernelPageBeyondTheEndIsEmpty) {
  v1::ListKernelsRequest request;
  request.set_page_token(PageToken("kernels", request.filter(), "999"));
  ASSERT_OK_AND_ASSIGN(auto const page, Kernels(request));
  EXPECT_THAT(page.kernels(), IsEmpty());
}

TEST_F(CatalogApiTest, ProbesComeInPagesWithWhereTheyAre) {
  for (int number = 1; number <= 3; ++number) Publish(number);
  v1::ListProbesRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(auto const first, Probes(request));
  ASSERT_THAT(first.probes(), SizeIs(2));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(auto const second, Probes(request));
  ASSERT_THAT(second.probes(), SizeIs(1));
  EXPECT_THAT(second.next_page_token(), IsEmpty());
  v1::PublishedProbe const& probe = first.probes(0);
  EXPECT_EQ(probe.tag(), "8.0.0+driver/x86_64");
  EXPECT_THAT(probe.url(), HasSubstr(probe.asset_name()));
  EXPECT_THAT(probe.artifact().sha256(), SizeIs(64));
  EXPECT_FALSE(probe.missing());
}

TEST_F(CatalogApiTest, ProbesAreFiltered) {
  Publish(1);
  Publish(2);
  v1::ListProbesRequest request;
  request.mutable_filter()->set_kernel("1\\.2$");
  ASSERT_OK_AND_ASSIGN(auto const response, Probes(request));
  ASSERT_THAT(response.probes(), SizeIs(1));
  EXPECT_EQ(response.probes(0).probe().kernel_release(), "6.1.2");
}

TEST_F(CatalogApiTest, ReleasesAreToldWithWhatIsHeldAndWhatIsRecorded) {
  HostedAsset const held{
      .repository = "o/r", .tag = "t", .asset_name = "a.o", .sha256 = "bb", .size = 3};
  reconciled_.at = clock_.Now();
  reconciled_.status = absl::UnavailableError("bad gateway");
  reconciled_.tampered.push_back({{.sha256 = "aa", .size = 2}, held});
  for (int i = 0; i < 1001; ++i) reconciled_.adoption.foreign.Add(held, "it is no probe");
  reconciled_.adoption.conflicts.Add(held, "other bytes");
  reconciled_.adoption.waiting.Add(held, "later");
  ASSERT_OK_AND_ASSIGN(auto const told,
                       Call<v1::CatalogService>(&Stub::GetReleases, v1::GetReleasesRequest()));
  EXPECT_EQ(told.summary().tampered(), 1);
  EXPECT_EQ(told.summary().foreign(), 1001);
  EXPECT_EQ(told.summary().conflicts(), 1);
  EXPECT_EQ(told.summary().waiting(), 1);
  EXPECT_EQ(told.summary().error(), "bad gateway");
  EXPECT_TRUE(told.summary().has_compared_at());
  ASSERT_THAT(told.tampered(), SizeIs(1));
  EXPECT_EQ(told.tampered(0).held().sha256(), "bb");
  EXPECT_EQ(told.tampered(0).recorded().sha256(), "aa");
  EXPECT_EQ(told.tampered(0).recorded().size(), 2);
  EXPECT_THAT(told.foreign(), SizeIs(1000)) << "the rest is counted";
  EXPECT_EQ(told.foreign(0).why(), "it is no probe");
  EXPECT_EQ(told.foreign(0).repository(), "o/r");
}

}  // namespace
}  // namespace probefarm
