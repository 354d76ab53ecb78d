#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"
#include "tests/testing/github/asset_name.h"
#include "tests/testing/github/call.h"
#include "tests/testing/github/fault_plan.h"
#include "tests/testing/github/git_blob.h"

namespace probefarm::fake_github {
namespace {

using testing::HasSubstr;

FakeCallKind KindOf(Host host, std::string const& method, std::string const& target) {
  return RouteCall(host, {.method = method, .target = target}).kind;
}

TEST(AssetName, TurnsEveryRunOfOtherCharactersIntoOneDot) {
  EXPECT_EQ(RewriteAssetName("a~b.ko"), "a.b.ko");
  EXPECT_EQ(RewriteAssetName("a \t~~b"), "a.b");
  EXPECT_EQ(RewriteAssetName("A-z_0+9@x.ko"), "A-z_0+9@x.ko");
  EXPECT_EQ(RewriteAssetName("\xC3\xA4.ko"), "ko");
}

TEST(AssetName, TakesDotsAwayAtBothEnds) {
  EXPECT_EQ(RewriteAssetName("..a.ko."), "a.ko");
  EXPECT_EQ(RewriteAssetName("~a~"), "a");
  EXPECT_EQ(RewriteAssetName("~.~"), "");
}

TEST(Call, FindsATagOnlyWhereItsSlashIsEscaped) {
  Call const call = RouteCall(
      Host::kApi, {.method = "GET", .target = "/repos/o/r/releases/tags/8.0.0%2Bd%2Fx86_64?a=1"});
  EXPECT_EQ(call.kind, FakeCallKind::kGetReleaseByTag);
  EXPECT_EQ(call.tag, "8.0.0+d/x86_64");
  EXPECT_EQ(KindOf(Host::kApi, "GET", "/repos/o/r/releases/tags/8.0.0/x86_64"), FakeCallKind::kAny);
}

TEST(Call, FindsATagWithASlashInADownload) {
  Call const call = RouteCall(
      Host::kWeb, {.method = "GET", .target = "/o/r/releases/download/8.0.0/x86_64/a%2Bb.ko"});
  EXPECT_EQ(call.kind, FakeCallKind::kDownloadAsset);
  EXPECT_EQ(call.tag, "8.0.0/x86_64");
  EXPECT_EQ(call.file, "a+b.ko");
}

TEST(Call, TakesUploadsAtTheirOwnHostAlone) {
  std::string const path = "/repos/o/r/releases/7/assets?name=a";
  EXPECT_EQ(KindOf(Host::kUploads, "POST", path), FakeCallKind::kUpload);
  EXPECT_EQ(KindOf(Host::kApi, "POST", path), FakeCallKind::kAny);
  EXPECT_EQ(KindOf(Host::kUploads, "GET", path), FakeCallKind::kAny);
}

TEST(Call, TakesAPlusInAQueryForASpace) {
  Call const call = RouteCall(
      Host::kUploads, {.method = "POST", .target = "/repos/o/r/releases/7/assets?name=a+b%2Bc"});
  EXPECT_EQ(call.Query("name"), "a b+c");
}

TEST(Call, KindsHaveNamesThatAreFoundAgain) {
  for (int i = 0; i <= static_cast<int>(FakeCallKind::kRateLimit); ++i) {
    auto const kind = static_cast<FakeCallKind>(i);
    EXPECT_EQ(*ParseFakeCallKind(FakeCallKindName(kind)), kind);
  }
  EXPECT_THAT(ParseFakeCallKind("nothing"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FaultRule, IsAnEffectAndWhatDiffersFromTheDefaults) {
  auto const fault =
      ParseFakeFault("early kind=upload status=409 bytes=65536 path=name=a skip=2 every=3 times=0");
  ASSERT_TRUE(fault.ok()) << fault.status();
  EXPECT_EQ(fault->effect, FakeFaultEffect::kEarlyAnswer);
  EXPECT_EQ(fault->kind, FakeCallKind::kUpload);
  EXPECT_EQ(fault->status, 409);
  EXPECT_EQ(fault->bytes, 65536);
  EXPECT_EQ(fault->path, "name=a");
  EXPECT_EQ(fault->skip, 2);
  EXPECT_EQ(fault->every, 3);
  EXPECT_EQ(fault->times, 0);
}

TEST(FaultRule, NamesTheWordThatIsNoneOfItsOwn) {
  for (char const* rule : {"503x", "", "502 kind=up", "502 often=1", "502 every=0", "slow delay=x",
                           "502 probability=2", "502 path=("})
    EXPECT_THAT(ParseFakeFault(rule), StatusIs(absl::StatusCode::kInvalidArgument)) << rule;
  EXPECT_THAT(ParseFakeFault("502 often=1").status().message(), HasSubstr("often=1"));
}

// Which of the calls 1 to `calls` are struck.
std::vector<int> Struck(FaultPlan& plan, int calls, FakeCallKind kind = FakeCallKind::kUpload) {
  std::vector<int> struck;
  for (int i = 1; i <= calls; ++i)
    if (plan.Strike(kind, "/p?name=a")) struck.push_back(i);
  return struck;
}

TEST(FaultPlan, StrikesOnceUnlessToldOtherwise) {
  FaultPlan plan;
  plan.Plant({});
  EXPECT_EQ(Struck(plan, 3), std::vector<int>({1}));
}

TEST(FaultPlan, SkipsThenStrikesEveryNth) {
  FaultPlan plan;
  plan.Plant({.times = 2, .skip = 1, .every = 3});
  EXPECT_EQ(Struck(plan, 12), std::vector<int>({4, 7}));
}

TEST(FaultPlan, StrikesThoseCallsThatFit) {
  FaultPlan plan;
  plan.Plant({.kind = FakeCallKind::kListAssets});
  plan.Plant({.path = "name=b$"});
  EXPECT_TRUE(Struck(plan, 2).empty());
  EXPECT_TRUE(plan.Strike(FakeCallKind::kListAssets, "/"));
  EXPECT_TRUE(plan.Strike(FakeCallKind::kUpload, "/p?name=b"));
}

TEST(FaultPlan, StrikesWithProbabilityAndTheSameCallsForTheSameSeed) {
  FaultPlan one;
  FaultPlan again;
  for (FaultPlan* plan : {&one, &again}) plan->Plant({.times = 0, .probability = 0.5, .seed = 9});
  std::vector<int> const struck = Struck(one, 200);
  EXPECT_GT(struck.size(), 60);
  EXPECT_LT(struck.size(), 140);
  EXPECT_EQ(Struck(again, 200), struck);
}

TEST(GitBlob, HasTheNameThatGitGivesIt) {
  // git hash-object --stdin <<< hello
  EXPECT_EQ(GitBlobSha("hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
}

}  // namespace
}  // namespace probefarm::fake_github
