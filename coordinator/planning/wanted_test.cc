#include "coordinator/planning/wanted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "coordinator/planning/sample_offer.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> Names(std::vector<WantedProbe> const& wanted) {
  std::vector<std::string> names;
  for (WantedProbe const& w : wanted) names.push_back(Describe(w.probe));
  return names;
}

std::vector<std::string> Why(std::vector<ExcludedProbe> const& excluded) {
  std::vector<std::string> reasons;
  for (ExcludedProbe const& e : excluded)
    reasons.push_back(Describe(e.probe) + ": " + e.reason.text);
  return reasons;
}

std::vector<std::string> Releases(std::vector<WantedProbe> const& wanted) {
  std::vector<std::string> releases;
  for (WantedProbe const& w : wanted) releases.push_back(w.kernel->host.release);
  return releases;
}

TEST(FindWanted, IsDriversTimesKernelsTimesKindsWithTheNewestKernelFirst) {
  Offer offer = SampleOffer();
  offer.kernels.pop_back();
  ASSERT_OK_AND_ASSIGN(WantedProbes const found, FindWanted(offer, {}));
  EXPECT_THAT(Names(found.wanted),
              ElementsAre("e5c53d64 debian 6.12.117+deb12-cloud-amd64 #1 x86_64 bpf",
                          "e5c53d64 debian 6.12.117+deb12-cloud-amd64 #1 x86_64 kmod",
                          "8.0.0+driver debian 6.12.117-1-cloud-amd64 #1 x86_64 bpf",
                          "8.0.0+driver debian 6.12.117-1-cloud-amd64 #1 x86_64 kmod",
                          "e5c53d64 debian 6.1.0-56-cloud-amd64 #1 x86_64 bpf",
                          "e5c53d64 debian 6.1.0-56-cloud-amd64 #1 x86_64 kmod",
                          "8.0.0+driver debian 6.1.192-2-cloud-amd64 #1 x86_64 bpf",
                          "8.0.0+driver debian 6.1.192-2-cloud-amd64 #1 x86_64 kmod"));
  EXPECT_THAT(found.excluded, IsEmpty());
}

TEST(FindWanted, TakesTheNewestKernelsOfEachTargetThatMatch) {
  Offer offer = SampleOffer();
  Kernel other = SampleKernel("5.15.1", "5.15.1-1");
  other.host.target = "cos";
  offer.kernels.push_back(other);
  ASSERT_OK_AND_ASSIGN(
      WantedProbes const found,
      FindWanted(offer, {.driver_version = "e5c53d64", .kind = Kind::kBpf, .newest = 1}));
  EXPECT_THAT(Releases(found.wanted), ElementsAre("6.12.117+deb12-cloud-amd64", "5.15.1"));
  ASSERT_OK_AND_ASSIGN(WantedProbes const older, FindWanted(offer, {.driver_version = "e5c53d64",
                                                                    .kernel_regex = "^6\\.1\\.",
                                                                    .kind = Kind::kBpf,
                                                                    .newest = 1}));
  EXPECT_THAT(Releases(older.wanted), ElementsAre("6.1.0-56-cloud-amd64"));
}

TEST(FindWanted, ExcludesAKernelWithoutHeadersByThePackagesName) {
  Offer offer = SampleOffer();
  offer.kernels[0].missing = "linux-kbuild-6.12.117+deb12";
  ASSERT_OK_AND_ASSIGN(
      WantedProbes const found,
      FindWanted(offer, {.driver_version = "e5c53d64", .kind = Kind::kKmod, .newest = 1}));
  EXPECT_THAT(Why(found.excluded),
              ElementsAre("e5c53d64 debian 6.12.117+deb12-cloud-amd64 #1 x86_64 kmod: "
                          "headers incomplete: linux-kbuild-6.12.117+deb12"));
  EXPECT_EQ(found.excluded[0].reason.code, "headers_incomplete");
  EXPECT_THAT(Releases(found.wanted), ElementsAre("6.1.0-56-cloud-amd64"));
}

TEST(FindWanted, WantsNoKindThatTheDriverDoesNotHave) {
  Offer offer = SampleOffer();
  offer.drivers = {SampleDriver("10.2.0+driver")};
  offer.drivers[0].kinds = {Kind::kKmod};
  ASSERT_OK_AND_ASSIGN(WantedProbes const found, FindWanted(offer, {.kind = Kind::kBpf}));
  EXPECT_THAT(found.wanted, IsEmpty());
  EXPECT_THAT(found.excluded, IsEmpty());
}

Offer OfferWithOneNameForTwoKernels() {
  Offer offer = SampleOffer();
  offer.kernels = {SampleKernel("6.12.117+deb13-cloud-amd64", "6.12.117-1"),
                   SampleKernel("6.12.117+deb12-cloud-amd64", "6.12.117-1~deb12u1")};
  return offer;
}

TEST(FindWanted, GivesANameThatTwoKernelsWouldTakeToTheNewest) {
  Offer const offer = OfferWithOneNameForTwoKernels();
  ASSERT_OK_AND_ASSIGN(WantedProbes const found,
                       FindWanted(offer, {.driver_version = "8.0.0+driver", .kind = Kind::kBpf}));
  EXPECT_THAT(Releases(found.wanted), ElementsAre("6.12.117+deb13-cloud-amd64"));
  EXPECT_THAT(Why(found.excluded),
              ElementsAre("8.0.0+driver debian 6.12.117-1-cloud-amd64 #1 x86_64 bpf: "
                          "name taken by 6.12.117+deb13-cloud-amd64"));
  EXPECT_EQ(found.excluded[0].reason.code, "name_taken");
}

TEST(FindWanted, LetsNoFilterChangeWhoOwnsAName) {
  Offer const offer = OfferWithOneNameForTwoKernels();
  ASSERT_OK_AND_ASSIGN(
      WantedProbes const found,
      FindWanted(offer, {.driver_version = "8.0.0+driver", .kernel_regex = "deb12"}));
  EXPECT_THAT(found.wanted, IsEmpty());
  EXPECT_THAT(found.excluded, SizeIs(2));
}

TEST(FindWanted, KeepsBothKernelsForADriverWhoseNamesTellThemApart) {
  Offer const offer = OfferWithOneNameForTwoKernels();
  ASSERT_OK_AND_ASSIGN(WantedProbes const found,
                       FindWanted(offer, {.driver_version = "e5c53d64", .kind = Kind::kBpf}));
  EXPECT_THAT(found.wanted, SizeIs(2));
  EXPECT_THAT(found.excluded, IsEmpty());
}

TEST(FindWanted, GivesNoNameToAKernelWithoutHeaders) {
  Offer offer = OfferWithOneNameForTwoKernels();
  offer.kernels[0].missing = "linux-kbuild-6.12.117+deb13";
  ASSERT_OK_AND_ASSIGN(WantedProbes const found,
                       FindWanted(offer, {.driver_version = "8.0.0+driver", .kind = Kind::kBpf}));
  EXPECT_THAT(Releases(found.wanted), ElementsAre("6.12.117+deb12-cloud-amd64"));
}

TEST(FindWanted, NamesTheDriverWhenTwoDriversShareATag) {
  Offer offer = SampleOffer();
  std::string const hash = "e5c53d64" + std::string(32, '0');
  offer.drivers = {SampleDriver("e5c53d64"), SampleDriver(hash)};
  offer.kernels.resize(1);
  ASSERT_OK_AND_ASSIGN(WantedProbes const found, FindWanted(offer, {.kind = Kind::kBpf}));
  EXPECT_THAT(found.wanted, SizeIs(1));
  EXPECT_THAT(Why(found.excluded),
              ElementsAre(hash + " debian 6.12.117+deb12-cloud-amd64 #1 x86_64 bpf: "
                                 "name taken by 6.12.117+deb12-cloud-amd64 of driver e5c53d64"));
}

TEST(FindWanted, PassesTheFiltersErrorOn) {
  EXPECT_THAT(FindWanted(SampleOffer(), {.kernel_regex = "("}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace probefarm
