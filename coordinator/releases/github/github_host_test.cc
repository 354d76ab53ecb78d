#include "coordinator/releases/github/github_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_fixture.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::VariantWith;

constexpr char kTag[] = "8.0.0+driver/x86_64";
constexpr char kName[] = "falco_debian_6.1.0-1-amd64_1.ko";
constexpr char kBytes[] = "probe";

class GitHubHostTest : public testing::Test {
 protected:
  static UploadIntent Intent(std::string const& name = kName, int64_t job = 7) {
    return {job, 1, kTag, name, Sha256Hex(kBytes), sizeof(kBytes) - 1};
  }
  GitHubHost& host() { return *farm_.host; }
  void Plant(std::string const& rule) {
    absl::StatusOr<FakeFault> fault = ParseFakeFault(rule);
    ASSERT_OK(fault);
    farm_.github->Plant(*std::move(fault));
  }
  UploadGrant Grant(UploadIntent const& intent) {
    absl::StatusOr<UploadAnswer> answer = host().PrepareUpload(intent);
    EXPECT_OK(answer);
    if (!answer.ok() || !std::holds_alternative<UploadGrant>(*answer)) {
      ADD_FAILURE() << "no grant for " << intent.file_name;
      return {};
    }
    return std::get<UploadGrant>(*std::move(answer));
  }
  UploadOutcome Upload(UploadIntent const& intent) {
    return host().InterpretUpload(intent, farm_.Perform(Grant(intent), kBytes));
  }
  void Publish(UploadIntent const& intent) {
    EXPECT_THAT(Upload(intent), VariantWith<UploadAccepted>(testing::_));
  }
  // As many of any name as fill a release.
  void FillRelease(std::string const& repository, int assets) {
    FakeRelease release;
    release.tag = kTag;
    farm_.github->PutRelease(repository, release);
    for (int i = 0; i < assets; ++i) {
      FakeAsset asset;
      asset.name = absl::StrCat("other", i);
      asset.bytes = std::make_shared<std::string const>("x");
      farm_.github->PutAsset(repository, kTag, asset);
    }
  }
  std::vector<FakeAsset> AssetsOf(std::string const& repository) {
    std::optional<FakeRelease> release = farm_.github->Release(repository, kTag);
    return release ? release->assets : std::vector<FakeAsset>();
  }

  GitHubFixture farm_;
};

TEST_F(GitHubHostTest, AReleaseIsMadeOnceAndIsNotTheLatest) {
  Publish(Intent("a.ko"));
  Publish(Intent("b.ko", 8));
  ASSERT_THAT(farm_.github->Releases("o/one"), SizeIs(1));
  FakeRelease const release = farm_.github->Releases("o/one")[0];
  EXPECT_EQ(release.tag, kTag);
  EXPECT_EQ(release.target, "main");
  EXPECT_THAT(release.assets, SizeIs(2));
}

TEST_F(GitHubHostTest, TheTrueNameTravelsAsLabel) {
  UploadIntent const intent = Intent("falco_ubuntu_5.4.0~20.04+a_1.ko");
  Publish(intent);
  ASSERT_THAT(AssetsOf("o/one"), SizeIs(1));
  EXPECT_EQ(AssetsOf("o/one")[0].name, "falco_ubuntu_5.4.0.20.04+a_1.ko");
  EXPECT_EQ(AssetsOf("o/one")[0].label, intent.file_name);
}

TEST_F(GitHubHostTest, TheRestOfAnUploadThatBrokeOffGoesAndTheNextSucceeds) {
  Plant("502-starter kind=upload");
  EXPECT_THAT(Upload(Intent()), VariantWith<UploadRetry>(testing::_));
  ASSERT_THAT(AssetsOf("o/one"), SizeIs(1));
  EXPECT_EQ(AssetsOf("o/one")[0].state, "starter");
  // Its name is taken: the 422 leads to a look at the list.
  UploadOutcome outcome = UploadRetry{};
  for (int tries = 0; tries < 4 && std::holds_alternative<UploadRetry>(outcome); ++tries) {
    farm_.clock.Advance(absl::Minutes(1));
    outcome = Upload(Intent());
  }
  EXPECT_THAT(outcome, VariantWith<UploadAccepted>(testing::_));
  ASSERT_THAT(AssetsOf("o/one"), SizeIs(1));
  EXPECT_EQ(AssetsOf("o/one")[0].state, "uploaded");
}

TEST_F(GitHubHostTest, AStrangersLeftoverIsDeletedAfterItsGrace) {
  FillRelease("o/one", 0);
  FakeAsset rest;
  rest.name = kName;
  rest.state = "starter";
  rest.created_at = farm_.clock.Now();
  farm_.github->PutAsset("o/one", kTag, rest);
  ASSERT_OK(host().ListAssets());
  EXPECT_THAT(host().PrepareUpload(Intent()).value(),
              VariantWith<WaitUntil>(Field(&WaitUntil::why, HasSubstr("may go on"))));
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(1));
  farm_.clock.Advance(absl::Minutes(10));
  ASSERT_OK(host().ListAssets());
  EXPECT_THAT(AssetsOf("o/one"), IsEmpty());
  Publish(Intent());
}

TEST_F(GitHubHostTest, AnAnswerThatWasLostIsFoundInTheList) {
  Plant("commit-drop kind=upload");
  EXPECT_THAT(Upload(Intent()), VariantWith<UploadRetry>(testing::_));
  farm_.clock.Advance(absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(HostedAsset const asset, host().FindAsset(kTag, kName));
  EXPECT_EQ(asset.sha256, Sha256Hex(kBytes));
  EXPECT_THAT(host().PrepareUpload(Intent()).value(), VariantWith<AssetPresent>(testing::_));
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(1));
}

TEST_F(GitHubHostTest, AFullReleaseSendsTheNextProbeToTheNextRepository) {
  FillRelease("o/one", kAssetsOfARelease - kKeptForSideFiles);
  Publish(Intent());
  EXPECT_THAT(AssetsOf("o/two"), SizeIs(1));
  ASSERT_OK_AND_ASSIGN(HostedAsset const asset, host().FindAsset(kTag, kName));
  EXPECT_EQ(asset.repository, "o/two");
}

TEST_F(GitHubHostTest, WhereNoRepositoryHasRoomTheJobWaitsAndIsToldWhy) {
  FillRelease("o/one", kAssetsOfARelease);
  FillRelease("o/two", kAssetsOfARelease);
  EXPECT_THAT(host().PrepareUpload(Intent()).value(),
              VariantWith<WaitUntil>(
                  Field(&WaitUntil::why, AllOf(HasSubstr("no repository has room"),
                                               HasSubstr("releases.github.repositories")))));
}

TEST_F(GitHubHostTest, TellsTheRoomOfEveryPlaceOfATag) {
  EXPECT_THAT(host().Rooms(), IsEmpty()) << "nothing is known yet";
  FillRelease("o/one", 900);
  ASSERT_OK(host().ListAssets());
  EXPECT_THAT(host().Rooms(), testing::ElementsAre(ReleaseRoom{{"o/one", kTag}, 60},
                                                   ReleaseRoom{{"o/two", kTag}, 960}));
}

TEST_F(GitHubHostTest, AProbeStaysWhereItIsThoughAnEarlierRepositoryHasRoomAgain) {
  FillRelease("o/one", kAssetsOfARelease);
  Publish(Intent());
  for (FakeAsset const& asset : AssetsOf("o/one")) farm_.github->RemoveAsset("o/one", asset.id);
  farm_.Restart();
  EXPECT_THAT(host().PrepareUpload(Intent()).value(), VariantWith<AssetPresent>(testing::_));
  EXPECT_THAT(AssetsOf("o/one"), IsEmpty());
}

TEST_F(GitHubHostTest, AnImmutableReleaseIsSaidToBeOne) {
  FakeRelease release;
  release.tag = kTag;
  release.immutable = true;
  farm_.github->PutRelease("o/one", release);
  farm_.github->PutRelease("o/two", release);
  ASSERT_OK_AND_ASSIGN(UploadAnswer const answer, host().PrepareUpload(Intent()));
  EXPECT_THAT(answer, VariantWith<WaitUntil>(testing::_));
}

TEST_F(GitHubHostTest, OneNameIsGrantedToOneJobAtATime) {
  UploadGrant const grant = Grant(Intent(kName, 7));
  EXPECT_THAT(host().PrepareUpload(Intent(kName, 8)).value(),
              VariantWith<WaitUntil>(AllOf(Field(&WaitUntil::not_before, grant.deadline),
                                           Field(&WaitUntil::why, HasSubstr("job 7")))));
  farm_.clock.Advance(grant.deadline - farm_.clock.Now());
  Publish(Intent(kName, 8));
}

TEST_F(GitHubHostTest, AListThatLagsIsAskedAgain) {
  farm_.github->SetListLag(absl::Seconds(20));
  Publish(Intent("a.ko", 7));
  Publish(Intent("b.ko", 8));
  EXPECT_THAT(host().FindAsset(kTag, "a.ko"), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Seconds(35));
  EXPECT_OK(host().FindAsset(kTag, "a.ko"));
  EXPECT_OK(host().FindAsset(kTag, "b.ko"));
}

TEST_F(GitHubHostTest, WhatArrivedAndIsNotInTheListInTheEndIsNotThere) {
  Publish(Intent());
  farm_.github->RemoveAsset("o/one", AssetsOf("o/one")[0].id);
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(GitHubHostTest, ManyArrivalsCostOneLook) {
  for (int i = 0; i < 50; ++i) Publish(Intent(absl::StrCat("a", i, ".ko"), 10 + i));
  farm_.clock.Advance(absl::Minutes(1));
  farm_.github->ResetCounters();
  for (int i = 0; i < 50; ++i) EXPECT_OK(host().FindAsset(kTag, absl::StrCat("a", i, ".ko")));
  int64_t calls = 0;
  for (auto const& [kind, count] : farm_.github->counters().calls) calls += count;
  EXPECT_LE(calls, 2);
}

TEST_F(GitHubHostTest, ATagThatIsNotKnownYetMakesNoSecondRelease) {
  farm_.github->SetTagLag(absl::Seconds(30));
  Publish(Intent("a.ko", 7));
  farm_.Restart();
  absl::StatusOr<UploadAnswer> answer = host().PrepareUpload(Intent("b.ko", 8));
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(1));
  Publish(Intent("b.ko", 8));
  EXPECT_THAT(farm_.github->Releases("o/one"), SizeIs(1));
}

TEST_F(GitHubHostTest, ManyCoordinatorsAndOneNewTagMakeOneRelease) {
  GitHubHost other(*farm_.api, *farm_.patient, *farm_.gate, farm_.clock, farm_.options);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      EXPECT_OK(
          (i % 2 == 0 ? host() : other).PrepareUpload(Intent(absl::StrCat("a", i, ".ko"), 10 + i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(farm_.github->Releases("o/one"), SizeIs(1));
}

TEST_F(GitHubHostTest, ATokenGoesNowhereElse) {
  FillRelease("o/one", 150);
  Plant("link-foreign kind=list-assets");
  EXPECT_THAT(host().ListAssets(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another host")));
  Plant("redirect kind=list-releases");
  EXPECT_FALSE(host().ListAssets().ok());
  EXPECT_EQ(farm_.github->counters().leaked_tokens, 0);
}

TEST_F(GitHubHostTest, ALoopOfPagesEnds) {
  FillRelease("o/one", 1);
  Plant("link-loop kind=list-assets times=0");
  EXPECT_THAT(host().ListAssets(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("pages")));
}

TEST_F(GitHubHostTest, NoAnswerThatIsBrokenLooksLikeNothing) {
  Publish(Intent());
  for (char const* effect : {"html", "truncated", "length-long", "502"}) {
    Plant(absl::StrCat(effect, " kind=list-assets"));
    EXPECT_THAT(host().ListAssets(), StatusIs(absl::StatusCode::kUnavailable)) << effect;
  }
  EXPECT_THAT(host().ListAssets().value(), SizeIs(1));
}

TEST_F(GitHubHostTest, UnchangedPagesCostNoPoints) {
  FillRelease("o/one", 250);
  ASSERT_OK(host().ListAssets());
  farm_.Restart();
  farm_.github->ResetCounters();
  EXPECT_THAT(host().ListAssets().value(), SizeIs(250));
  EXPECT_EQ(farm_.github->counters().points, 0);
}

TEST_F(GitHubHostTest, WhatArrivedIsFoundThoughSomebodyMadeTheListShorter) {
  FillRelease("o/one", 150);
  Publish(Intent("a.ko", 7));
  Publish(Intent("b.ko", 8));
  std::vector<FakeAsset> const before = AssetsOf("o/one");
  for (int i = 0; i < 100; ++i)
    farm_.github->RemoveAsset("o/one", before[static_cast<size_t>(i)].id);
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_OK(host().FindAsset(kTag, "a.ko"));
  EXPECT_OK(host().FindAsset(kTag, "b.ko"));
}

TEST_F(GitHubHostTest, AfterARestartALagOfTheListTakesNothingForLost) {
  FillRelease("o/one", 1);
  farm_.github->SetListLag(absl::Seconds(20));
  Publish(Intent());
  farm_.Restart();
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(2));
  ASSERT_OK(host().ListAssets());
  EXPECT_OK(host().FindAsset(kTag, kName));
}

TEST_F(GitHubHostTest, ARefusalForgetsNothingThatArrived) {
  farm_.github->SetListLag(absl::Seconds(20));
  UploadGrant const grant = Grant(Intent("late.ko", 9));
  Publish(Intent("a.ko", 7));
  Publish(Intent("b.ko", 8));
  EXPECT_THAT(host().InterpretUpload(Intent("late.ko", 9),
                                     {.http_status = 403, .body = R"({"message": "No"})"}),
              VariantWith<WaitUntil>(testing::_));
  EXPECT_THAT(host().FindAsset(kTag, "b.ko"), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_OK(host().FindAsset(kTag, "b.ko"));
}

TEST_F(GitHubHostTest, OfManyJobsForOneNameOneIsGrantedIt) {
  ASSERT_OK(host().PrepareUpload(Intent("first.ko", 1)));
  std::atomic<int> grants = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      absl::StatusOr<UploadAnswer> const answer = host().PrepareUpload(Intent(kName, 10 + i));
      if (answer.ok() && std::holds_alternative<UploadGrant>(*answer)) ++grants;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(grants, 1);
}

TEST_F(GitHubHostTest, ASideFileThatSaysNothingIsNotThere) {
  ReleaseKey const release{"o/one", kTag};
  ASSERT_OK(host().WriteSideFile(release, "provenance.jsonl", "one"));
  EXPECT_OK(host().WriteSideFile(release, "provenance.jsonl", ""));
  EXPECT_THAT(AssetsOf("o/one"), IsEmpty());
}

TEST_F(GitHubHostTest, APageThatIsFullAndUnchangedDoesNotHideTheNext) {
  FillRelease("o/one", 100);
  EXPECT_THAT(host().ListAssets().value(), SizeIs(100));
  FakeAsset more;
  more.name = "more";
  more.bytes = std::make_shared<std::string const>("x");
  farm_.github->PutAsset("o/one", kTag, more);
  EXPECT_THAT(host().ListAssets().value(), SizeIs(101));
}

TEST_F(GitHubHostTest, WhatIsTakenAwayIsNotListed) {
  Publish(Intent("a.ko", 7));
  Publish(Intent("b.ko", 8));
  EXPECT_THAT(host().ListAssets().value(), SizeIs(2));
  farm_.github->RemoveAsset("o/one", AssetsOf("o/one")[0].id);
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_THAT(host().ListAssets().value(), SizeIs(1));
  EXPECT_THAT(host().FindAsset(kTag, "a.ko"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(GitHubHostTest, AReleaseThatIsGoneIsMadeAgain) {
  Publish(Intent("a.ko", 7));
  farm_.github->RemoveRelease("o/one", farm_.github->Releases("o/one")[0].id);
  EXPECT_THAT(Upload(Intent("b.ko", 8)), VariantWith<WaitUntil>(testing::_));
  Publish(Intent("b.ko", 8));
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(1));
}

TEST_F(GitHubHostTest, ATokenThatEndedIsSaidToHaveEnded) {
  UploadGrant const grant = Grant(Intent());
  farm_.github->ExpireToken("token-of-the-coordinator");
  UploadOutcome const outcome = host().InterpretUpload(Intent(), farm_.Perform(grant, kBytes));
  EXPECT_THAT(outcome, VariantWith<WaitUntil>(Field(&WaitUntil::why, HasSubstr("credentials"))));
  EXPECT_THAT(host().ListAssets(), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(GitHubHostTest, ALimitClosesTheGateForEveryone) {
  Grant(Intent());
  Plant("403-retry-after kind=upload delay=60s");
  EXPECT_THAT(Upload(Intent()), VariantWith<UploadRetry>(testing::_));
  EXPECT_THAT(host().PrepareUpload(Intent("other.ko", 8)).value(),
              VariantWith<WaitUntil>(testing::_));
  farm_.clock.Advance(absl::Seconds(61));
  Publish(Intent("other.ko", 8));
}

TEST_F(GitHubHostTest, ADigestThatGitHubDoesNotKnowIsComputedOnce) {
  Plant("null-digest kind=upload");
  Publish(Intent());
  ASSERT_OK_AND_ASSIGN(HostedAsset asset, host().FindAsset(kTag, kName));
  EXPECT_EQ(asset.sha256, Sha256Hex(kBytes));
  EXPECT_EQ(farm_.github->counters().leaked_tokens, 0);
  ASSERT_OK(host().ListAssets());
  farm_.github->ResetCounters();
  EXPECT_EQ(host().FindAsset(kTag, kName)->sha256, Sha256Hex(kBytes));
  EXPECT_THAT(farm_.github->counters().calls, IsEmpty());
}

TEST_F(GitHubHostTest, BytesThatBreakOffHaveNoDigest) {
  Plant("null-digest kind=upload");
  Plant("truncated kind=storage");
  Publish(Intent());
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(host().FindAsset(kTag, kName)->sha256, Sha256Hex(kBytes));
}

TEST_F(GitHubHostTest, ASideFileWithoutADigestIsReplacedOnce) {
  ReleaseKey const release{"o/one", kTag};
  Plant("null-digest kind=upload times=0");
  ASSERT_OK(host().WriteSideFile(release, "SHA256SUMS", "one"));
  ASSERT_OK(host().WriteSideFile(release, "SHA256SUMS", "two"));
  farm_.github->ResetCounters();
  ASSERT_OK(host().WriteSideFile(release, "SHA256SUMS", "two"));
  EXPECT_FALSE(farm_.github->counters().calls.contains("upload"));
  EXPECT_EQ(farm_.Download("o/one", kTag, "SHA256SUMS").value(), "two");
}

// A worker sends its file, and is never heard of again: nobody reported, and the lease is over.
TEST_F(GitHubHostTest, AnUploadThatNobodyReportedIsLookedFor) {
  farm_.clock.Advance(absl::Minutes(2));
  Publish(Intent("first.ko", 6));
  ASSERT_OK(host().FindAsset(kTag, "first.ko"));
  farm_.github->SetListLag(absl::Seconds(20));
  farm_.Perform(Grant(Intent()), kBytes);
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Seconds(35));
  ASSERT_OK_AND_ASSIGN(HostedAsset const asset, host().FindAsset(kTag, kName));
  EXPECT_EQ(asset.sha256, Sha256Hex(kBytes));
}

TEST_F(GitHubHostTest, AGrantThatWasNotUsedIsOverOnceItsAssetWasLookedFor) {
  farm_.clock.Advance(absl::Minutes(2));
  Grant(Intent());
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kNotFound));
  Publish(Intent(kName, 9));
}

TEST_F(GitHubHostTest, AnUploadOfAnEarlierRunIsNotMissedWhileListsAreBehind) {
  farm_.github->SetListLag(absl::Seconds(20));
  Publish(Intent());
  farm_.Restart();
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Seconds(35));
  EXPECT_OK(host().FindAsset(kTag, kName));
}

TEST_F(GitHubHostTest, ANewReleaseOfAnEarlierRunIsNotMissedWhileItsTagIsNotKnown) {
  farm_.github->SetTagLag(absl::Seconds(20));
  Publish(Intent());
  farm_.Restart();
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Seconds(35));
  EXPECT_OK(host().FindAsset(kTag, kName));
}

TEST_F(GitHubHostTest, ANameThatIsTakenAndNotListedIsWaitedForNotTriedAgain) {
  farm_.github->SetListLag(absl::Seconds(20));
  Publish(Intent());
  farm_.Restart();
  EXPECT_THAT(Upload(Intent(kName, 8)), VariantWith<UploadRetry>(testing::_));
  farm_.github->ResetCounters();
  for (int i = 0; i < 5; ++i)
    EXPECT_THAT(host().PrepareUpload(Intent(kName, 8)).value(),
                VariantWith<WaitUntil>(Field(&WaitUntil::why, HasSubstr("behind"))));
  farm_.clock.Advance(absl::Seconds(35));
  EXPECT_THAT(host().PrepareUpload(Intent(kName, 8)).value(),
              VariantWith<AssetPresent>(testing::_));
  EXPECT_FALSE(farm_.github->counters().calls.contains("upload"));
}

TEST_F(GitHubHostTest, ManyCoordinatorsAndOneAssetMakeOne) {
  std::vector<std::unique_ptr<GitHubHost>> hosts;
  std::vector<UploadGrant> grants;
  for (int i = 0; i < 8; ++i) {
    hosts.push_back(std::make_unique<GitHubHost>(*farm_.api, *farm_.patient, *farm_.gate,
                                                 farm_.clock, farm_.options));
    ASSERT_OK_AND_ASSIGN(UploadAnswer answer, hosts.back()->PrepareUpload(Intent(kName, 10 + i)));
    grants.push_back(std::get<UploadGrant>(std::move(answer)));
  }
  std::vector<std::thread> threads;
  std::atomic<int> arrived = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      UploadReport const report = farm_.Perform(grants[i], absl::StrCat("bytes of ", i));
      arrived += std::holds_alternative<UploadAccepted>(
          hosts[i]->InterpretUpload(Intent(kName, 10 + i), report));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(arrived, 1);
  ASSERT_THAT(AssetsOf("o/one"), SizeIs(1));
  std::string const kept = Sha256Hex(*AssetsOf("o/one")[0].bytes);
  for (auto const& one : hosts) {
    farm_.clock.Advance(absl::Minutes(1));
    EXPECT_EQ(one->FindAsset(kTag, kName)->sha256, kept);
  }
  EXPECT_EQ(Sha256Hex(*AssetsOf("o/one")[0].bytes), kept);
}

TEST_F(GitHubHostTest, ALaterEpochOfAJobDoesNotWaitForAnEarlierOne) {
  Grant(Intent());
  UploadIntent later = Intent();
  later.epoch = 2;
  EXPECT_THAT(host().PrepareUpload(later).value(), VariantWith<UploadGrant>(testing::_));
  EXPECT_THAT(host().PrepareUpload(Intent()).value(), VariantWith<WaitUntil>(testing::_));
}

TEST_F(GitHubHostTest, ANewVersionOfASideFileThatNobodyPutsInPlaceGoesAfterItsGrace) {
  ASSERT_OK(host().WriteSideFile({"o/one", kTag}, "SHA256SUMS", "one"));
  FakeAsset next;
  next.name = "SHA256SUMS.next";
  next.bytes = std::make_shared<std::string const>("two");
  next.created_at = farm_.clock.Now();
  farm_.github->PutAsset("o/one", kTag, next);
  ASSERT_OK(host().ListAssets());
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(2)) << "somebody may be about to put it there";
  farm_.clock.Advance(absl::Minutes(10));
  ASSERT_OK(host().ListAssets());
  ASSERT_THAT(AssetsOf("o/one"), SizeIs(1));
  EXPECT_EQ(farm_.Download("o/one", kTag, "SHA256SUMS").value(), "one");
}

// The host knows X and X.next; meanwhile X.next has become X.
TEST_F(GitHubHostTest, ANewVersionThatIsInPlaceByNowIsNotDeleted) {
  ASSERT_OK(host().WriteSideFile({"o/one", kTag}, "SHA256SUMS", "one"));
  FakeAsset next;
  next.name = "SHA256SUMS.next";
  next.bytes = std::make_shared<std::string const>("two");
  next.created_at = farm_.clock.Now();
  next.id = farm_.github->PutAsset("o/one", kTag, next);
  ASSERT_OK(host().ListAssets());
  farm_.github->RemoveAsset("o/one", AssetsOf("o/one")[0].id);
  next.name = "SHA256SUMS";
  farm_.github->PutAsset("o/one", kTag, next);
  Plant("502 kind=upload times=0");
  EXPECT_FALSE(host().WriteSideFile({"o/one", kTag}, "SHA256SUMS", "three").ok());
  EXPECT_EQ(farm_.Download("o/one", kTag, "SHA256SUMS").value(), "two");
}

TEST_F(GitHubHostTest, TheOnlyCopyOfASideFileStays) {
  FillRelease("o/one", 0);
  FakeAsset next;
  next.name = "SHA256SUMS.next";
  next.bytes = std::make_shared<std::string const>("two");
  next.created_at = farm_.clock.Now() - absl::Hours(1);
  farm_.github->PutAsset("o/one", kTag, next);
  ASSERT_OK(host().ListAssets());
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(1));
}

TEST_F(GitHubHostTest, ASideFileThatIsNotListedYetIsNotSentAgainAndAgain) {
  farm_.github->SetListLag(absl::Seconds(20));
  ASSERT_OK(host().WriteSideFile({"o/one", kTag}, "SHA256SUMS", "one"));
  farm_.Restart();
  farm_.github->ResetCounters();
  EXPECT_THAT(host().WriteSideFile({"o/one", kTag}, "SHA256SUMS", "two"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("behind")));
  EXPECT_EQ(farm_.github->counters().calls.at("upload"), 1);
}

TEST_F(GitHubHostTest, WhatAnEarlierRunSentCountsStill) {
  PacingLimits limits = GitHubFixture::Unlimited();
  limits.writes_per_hour = 10;
  GitHubFixture farm(limits);
  for (int i = 0; i < 9; ++i) {
    FakeAsset asset;
    asset.name = absl::StrCat("earlier", i);
    asset.bytes = std::make_shared<std::string const>("x");
    asset.created_at = farm.clock.Now() - absl::Minutes(5);
    if (i == 0)
      farm.github->PutRelease("o/one", [] {
        FakeRelease r;
        r.tag = kTag;
        return r;
      }());
    farm.github->PutAsset("o/one", kTag, asset);
  }
  ASSERT_OK(farm.host->ListAssets());
  ASSERT_OK(farm.host->ListAssets());
  EXPECT_THAT(farm.host->PrepareUpload(Intent("a.ko", 7)).value(),
              VariantWith<UploadGrant>(testing::_));
  EXPECT_THAT(farm.host->PrepareUpload(Intent("b.ko", 8)).value(),
              VariantWith<WaitUntil>(testing::_));
}

TEST_F(GitHubHostTest, ASideFileIsReplacedThroughEveryFault) {
  ReleaseKey const release{"o/one", kTag};
  ASSERT_OK(host().WriteSideFile(release, "SHA256SUMS", "one"));
  int version = 0;
  for (char const* rule : {"502 kind=upload", "502-starter kind=upload", "commit-drop kind=upload",
                           "502 kind=delete-asset", "commit-drop kind=delete-asset",
                           "502 kind=patch-asset", "commit-drop kind=patch-asset"}) {
    Plant(rule);
    std::string const content = absl::StrCat("version ", ++version);
    absl::Status written = absl::UnavailableError("not tried");
    for (int tries = 0; tries < 5 && !written.ok(); ++tries) {
      written = host().WriteSideFile(release, "SHA256SUMS", content);
      farm_.clock.Advance(absl::Minutes(2));
      EXPECT_TRUE(farm_.Download("o/one", kTag, "SHA256SUMS").ok() ||
                  farm_.Download("o/one", kTag, "SHA256SUMS.next").ok())
          << rule << ": readers find the one or the other";
    }
    EXPECT_OK(written) << rule;
    EXPECT_EQ(farm_.Download("o/one", kTag, "SHA256SUMS").value(), content) << rule;
    EXPECT_THAT(AssetsOf("o/one"), SizeIs(1)) << rule;
  }
}

}  // namespace
}  // namespace probefarm
