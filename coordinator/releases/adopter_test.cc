#include "coordinator/releases/adopter.h"

#include <gmock/gmock.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/reconciler.h"
#include "coordinator/releases/release_fixture.h"
#include "coordinator/releases/side_files.h"
#include "coordinator/store/await.h"
#include "lib/digest/sha256.h"
#include "lib/index/release_index.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kName[] = "falco_debian_6.1.170-3-cloud-amd64_1.o";
constexpr char kOtherName[] = "falco_debian_6.1.170-3-cloud-amd64_1.ko";

class AdopterTest : public ReleaseFixture {
 protected:
  // Drivers and feeds are known, so that names are read.
  AdopterTest() { SetInventory(true); }

  void SetInventory(bool feed_read) {
    Inventory inventory;
    inventory.drivers.push_back({"8.0.0+driver", std::nullopt, ""});
    inventory.feeds.push_back({"debian", {}, std::nullopt, ""});
    if (feed_read) inventory.feeds[0].last_success = clock_.Now();
    inventory_.Set(std::move(inventory));
  }
  AdoptionResult Reconcile() {
    EXPECT_OK(reconciler_.RunOnce());
    return reconciler_.last_report().adoption;
  }
  absl::StatusOr<PublishedAsset> Find(std::string const& name) {
    return Await<PublishedAsset>([&](auto done) { store_.FindAsset(kTag, name, std::move(done)); });
  }
  void WriteIndex(std::string const& name, std::string const& sha256, int64_t size) {
    IndexedProbe entry;
    entry.probe = {"8.0.0+driver",          Arch::kX86_64, "debian",
                   "6.1.170-3-cloud-amd64", "1",           Kind::kBpf};
    entry.file_name = entry.asset_name = name;
    entry.sha256 = sha256;
    entry.size = size;
    entry.job = 41;
    entry.worker = "w1";
    entry.builder = {"builder.tar", std::string(64, 'b')};
    ASSERT_OK(host_.WriteSideFile({"", kTag}, "index.json", RenderReleaseIndex({kTag, {entry}})));
  }

  InventoryBoard inventory_;
  Adopter adopter_{&store_, &host_, &inventory_, &clock_, {.most_downloads = 2}};
  Reconciler reconciler_{&store_, &host_, &adopter_, &clock_, &metrics_};
  SideFiles side_files_{&store_, &host_, &metrics_};
};

TEST_F(AdopterTest, TakesAProbeByItsNameAsItIs) {
  host_.Put(kTag, kName, "bytes");
  EXPECT_EQ(Reconcile().adopted, 1);
  ASSERT_OK_AND_ASSIGN(PublishedAsset const asset, Find(kName));
  EXPECT_TRUE(asset.adopted());
  EXPECT_EQ(asset.sha256, Sha256Hex("bytes"));
  EXPECT_EQ(Describe(asset.probe), "8.0.0+driver debian 6.1.170-3-cloud-amd64 #1 x86_64 bpf");
  EXPECT_EQ(host_.Asset(kTag, kName), "bytes");
  EXPECT_EQ(host_.digests_read(), 0);
  EXPECT_EQ(Reconcile().adopted, 0) << "once";
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_assets_adopted_total 1"));
}

TEST_F(AdopterTest, WaitsForTheFeedsBeforeItReadsNames) {
  SetInventory(false);
  host_.Put(kTag, kName, "bytes");
  EXPECT_EQ(Reconcile().waiting.total, 1);
  SetInventory(true);
  EXPECT_EQ(Reconcile().adopted, 1);
}

TEST_F(AdopterTest, LeavesForeignFilesAlone) {
  host_.Put(kTag, "README.md", "hello");
  AdoptionResult const result = Reconcile();
  EXPECT_EQ(result.adopted, 0);
  ASSERT_EQ(result.foreign.total, 1);
  EXPECT_EQ(result.foreign.first.at(0).held.asset_name, "README.md");
  EXPECT_EQ(host_.Asset(kTag, "README.md"), "hello");
}

TEST_F(AdopterTest, KeepsWhatTheIndexSaid) {
  SetInventory(false);
  host_.Put(kTag, kName, "bytes");
  WriteIndex(kName, Sha256Hex("bytes"), 5);
  EXPECT_EQ(Reconcile().adopted, 1);
  side_files_.RunOnce();
  ASSERT_OK(side_files_.last_error());
  ASSERT_OK_AND_ASSIGN(ReleaseIndex const index,
                       ParseReleaseIndex(host_.SideFile(kTag, "index.json").value_or("")));
  ASSERT_THAT(index.probes, SizeIs(1));
  EXPECT_EQ(index.probes[0].job, 41);
  EXPECT_EQ(index.probes[0].worker, "w1");
  EXPECT_EQ(index.probes[0].builder.name, "builder.tar");
  EXPECT_THAT(host_.SideFile(kTag, "SHA256SUMS").value_or(""), HasSubstr(kName));
}

TEST_F(AdopterTest, ReportsBytesThatTheIndexDoesNotHave) {
  host_.Put(kTag, kName, "bytes");
  WriteIndex(kName, Sha256Hex("other"), 5);
  AdoptionResult const result = Reconcile();
  ASSERT_EQ(result.conflicts.total, 1);
  EXPECT_THAT(result.conflicts.first.at(0).why, HasSubstr(Sha256Hex("other")));
  EXPECT_THAT(Find(kName), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_assets_conflicting 1"));
}

TEST_F(AdopterTest, ReportsReadBytesThatTheIndexDoesNotHave) {
  host_.Put(kTag, kName, "bytes");
  host_.ForgetDigest(kTag, kName);
  WriteIndex(kName, Sha256Hex("other"), 5);
  EXPECT_EQ(Reconcile().conflicts.total, 1);
  EXPECT_EQ(Reconcile().conflicts.total, 1);
  EXPECT_EQ(host_.digests_read(), 1) << "and reads them once";
}

TEST_F(AdopterTest, ReadsTheBytesOfAFewAssetsAPass) {
  for (int i = 0; i < 5; ++i) {
    std::string const name = absl::StrCat("falco_debian_6.1.", i, "_1.o");
    host_.Put(kTag, name, name);
    host_.ForgetDigest(kTag, name);
  }
  host_.Put(kTag, "README.md", "hello");
  host_.ForgetDigest(kTag, "README.md");
  for (int const adopted : {2, 2, 1, 0}) EXPECT_EQ(Reconcile().adopted, adopted);
  EXPECT_EQ(host_.digests_read(), 5);
  EXPECT_EQ(Find("falco_debian_6.1.3_1.o")->sha256, Sha256Hex("falco_debian_6.1.3_1.o"));
}

// Its digest would be recorded for good, and nobody has looked at the bytes yet.
TEST_F(AdopterTest, LeavesToAJobWhatItMayHaveUploaded) {
  NewJob job;
  job.probe = {"8.0.0+driver", Arch::kX86_64, "debian", "6.1.170-3-cloud-amd64", "1", Kind::kBpf};
  job.file_name = kName;
  job.spec = "{}";
  auto const answers = Await<std::vector<absl::StatusOr<EnqueuedJob>>>(
      [&](auto done) { store_.Enqueue({.jobs = {job}}, std::move(done)); });
  ASSERT_OK(answers);
  ASSERT_OK(answers->at(0));
  host_.Put(kTag, kName, "half");
  EXPECT_EQ(Reconcile().waiting.total, 1);
  EXPECT_THAT(Find(kName), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(AdopterTest, FindsACatalogAgainThatWasLostAndItsSideFilesStay) {
  PublishAs("falco_debian_6.1_1.o", "6.1", "one");
  PublishAs("falco_debian_6.2_1.o", "6.2", "two");
  side_files_.RunOnce();
  ASSERT_OK(side_files_.last_error());
  std::map<std::string, std::string> before;
  for (std::string const name : {"index.json", "provenance.jsonl", "SHA256SUMS"})
    before[name] = host_.SideFile(kTag, name).value_or("none");

  SetInventory(false);
  MemoryStore fresh(clock_);
  Adopter adopter(&fresh, &host_, &inventory_, &clock_, {});
  Reconciler reconciler(&fresh, &host_, &adopter, &clock_, &metrics_);
  SideFiles side_files(&fresh, &host_, &metrics_);
  EXPECT_FALSE(reconciler.has_compared());
  ASSERT_OK(reconciler.RunOnce());
  EXPECT_TRUE(reconciler.has_compared());
  EXPECT_EQ(reconciler.last_report().adoption.adopted, 2);
  side_files.RunOnce();
  ASSERT_OK(side_files.last_error());
  EXPECT_THAT(before["provenance.jsonl"], HasSubstr("payload"));
  // The fixture gave no URL; the host does.
  EXPECT_EQ(ParseReleaseIndex(host_.SideFile(kTag, "index.json").value())->probes[0].builder,
            ParseReleaseIndex(before["index.json"])->probes[0].builder);
  EXPECT_EQ(host_.SideFile(kTag, "provenance.jsonl"), before["provenance.jsonl"]);
}

TEST_F(AdopterTest, WaitsWhereTheIndexCannotBeRead) {
  host_.Put(kTag, kName, "bytes");
  host_.FailReading(true);
  EXPECT_EQ(Reconcile().waiting.total, 1);
  host_.FailReading(false);
  EXPECT_EQ(Reconcile().adopted, 1);
}

TEST_F(AdopterTest, TakesTheModuleForAnotherProbeThanTheObjectFile) {
  host_.Put(kTag, kName, "bytes");
  Reconcile();
  host_.Remove(kTag, kName);
  host_.Put(kTag, kOtherName, "module");
  EXPECT_EQ(Reconcile().adopted, 1);
  EXPECT_EQ(Find(kName)->presence, AssetPresence::kMissing);
}

}  // namespace
}  // namespace probefarm
