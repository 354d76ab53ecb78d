#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_fixture.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTag[] = "8.0.0+driver/x86_64";
constexpr char kName[] = "falco_debian_6.1.0-1-amd64_1.ko";
constexpr char kBytes[] = "probe";

class AssetRemovalTest : public testing::Test {
 protected:
  AssetRemovalTest() {
    FakeRelease release;
    release.tag = kTag;
    farm_.github->PutRelease("o/two", release);
  }
  void Put(std::string const& name, std::string const& bytes, std::string const& digest = "",
           std::string const& state = "uploaded") {
    FakeAsset asset;
    asset.name = name;
    asset.digest = digest;
    asset.state = state;
    asset.bytes = std::make_shared<std::string const>(bytes);
    ASSERT_NE(farm_.github->PutAsset("o/two", kTag, asset), 0);
  }
  void Plant(std::string const& rule) {
    absl::StatusOr<FakeFault> fault = ParseFakeFault(rule);
    ASSERT_OK(fault);
    farm_.github->Plant(*std::move(fault));
  }
  absl::Status Remove(std::string const& bytes = kBytes) {
    return farm_.host->RemoveAsset({"o/two", kTag}, kName, Sha256Hex(bytes));
  }
  size_t Held() const { return farm_.github->Release("o/two", kTag)->assets.size(); }
  int64_t Calls(std::string const& kind) { return farm_.github->counters().calls[kind]; }

  GitHubFixture farm_;
};

TEST_F(AssetRemovalTest, DeletesOneAssetByItsId) {
  Put(kName, kBytes);
  Put("other.ko", kBytes);
  ASSERT_OK(Remove());
  ASSERT_EQ(Held(), 1U);
  EXPECT_EQ(farm_.github->Release("o/two", kTag)->assets[0].name, "other.ko");
  EXPECT_EQ(Calls("delete-asset"), 1);
  ASSERT_OK(Remove());
  EXPECT_EQ(Calls("delete-asset"), 1) << "it is gone";
}

TEST_F(AssetRemovalTest, ADeletionWhoseAnswerIsLostIsDoneAgainToNoHarm) {
  Put(kName, kBytes);
  Plant("commit-drop kind=delete-asset times=2");  // libcurl tries once more by itself
  EXPECT_THAT(Remove(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Held(), 0U);
  EXPECT_OK(Remove());
}

TEST_F(AssetRemovalTest, TroubleAndRefusalsLeaveItForTheNextTime) {
  Put(kName, kBytes);
  for (char const* const rule :
       {"502 kind=delete-asset", "drop kind=delete-asset times=2", "html kind=list-assets"}) {
    Plant(rule);
    EXPECT_THAT(Remove(), StatusIs(absl::StatusCode::kUnavailable)) << rule;
    EXPECT_EQ(Held(), 1U) << rule;
  }
  Plant("status kind=delete-asset status=403");
  absl::Status const refused = Remove();
  EXPECT_FALSE(refused.ok());
  EXPECT_THAT(std::string(refused.message()), HasSubstr("delete asset"));
  EXPECT_EQ(Held(), 1U);
  farm_.clock.Advance(absl::Hours(1));
  EXPECT_OK(Remove());
  EXPECT_EQ(Held(), 0U);
}

TEST_F(AssetRemovalTest, AnIdThatIsGoneAlreadyIsFine) {
  Put(kName, kBytes);
  Plant("404 kind=delete-asset");
  EXPECT_OK(Remove());
}

TEST_F(AssetRemovalTest, ADigestThatGitHubDoesNotKnowIsComputedFirst) {
  Put(kName, kBytes, "null");
  EXPECT_THAT(Remove("other"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(Sha256Hex(kBytes))));
  EXPECT_EQ(Held(), 1U);
  EXPECT_OK(Remove());
  EXPECT_EQ(Held(), 0U);
}

// What somebody put there since it was looked at last.
TEST_F(AssetRemovalTest, OtherBytesThatTookTheNameMeanwhileStay) {
  Put(kName, kBytes);
  ASSERT_OK(farm_.host->ListAssets());
  int64_t const id = farm_.github->Release("o/two", kTag)->assets[0].id;
  ASSERT_TRUE(farm_.github->RemoveAsset("o/two", id));
  Put(kName, "somebody else's");
  EXPECT_THAT(Remove(), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Held(), 1U);
}

TEST_F(AssetRemovalTest, WhatAListIsTooLateToShowIsFoundByItsId) {
  farm_.github->SetListLag(absl::Seconds(20));
  UploadIntent const intent{7, 1, kTag, kName, Sha256Hex(kBytes), sizeof(kBytes) - 1};
  farm_.options.repositories = {"o/two"};
  farm_.Restart();
  absl::StatusOr<UploadAnswer> const answer = farm_.host->PrepareUpload(intent);
  ASSERT_OK(answer);
  farm_.host->InterpretUpload(intent, farm_.Perform(std::get<UploadGrant>(*answer), kBytes));
  ASSERT_OK(farm_.host->FindAsset(kTag, kName));
  ASSERT_OK(Remove());
  EXPECT_EQ(Held(), 0U);
}

TEST_F(AssetRemovalTest, TheRestOfAnUploadIsNotWhatWasWithdrawn) {
  Put(kName, "", "", "starter");
  EXPECT_OK(Remove());
  EXPECT_EQ(Calls("delete-asset"), 0);
}

TEST_F(AssetRemovalTest, IsPacedAsAWrite) {
  PacingLimits limits = GitHubFixture::Unlimited();
  limits.writes_per_minute = 2;
  GitHubFixture paced(limits);
  FakeRelease release;
  release.tag = kTag;
  paced.github->PutRelease("o/one", release);
  for (int i = 0; i < 3; ++i) {
    FakeAsset asset;
    asset.name = absl::StrCat(i, ".o");
    asset.bytes = std::make_shared<std::string const>(kBytes);
    paced.github->PutAsset("o/one", kTag, asset);
  }
  absl::Time const start = paced.clock.Now();
  for (int i = 0; i < 3; ++i)
    EXPECT_OK(paced.host->RemoveAsset({"o/one", kTag}, absl::StrCat(i, ".o"), Sha256Hex(kBytes)));
  EXPECT_GE(paced.clock.Now() - start, absl::Seconds(59)) << "it waited for its turn";
  EXPECT_THAT(paced.github->Release("o/one", kTag)->assets, IsEmpty());
}

}  // namespace
}  // namespace probefarm
