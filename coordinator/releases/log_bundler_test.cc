#include "coordinator/releases/log_bundler.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/adopter.h"
#include "coordinator/releases/reconciler.h"
#include "coordinator/releases/release_fixture.h"
#include "coordinator/releases/side_files.h"
#include "coordinator/store/await.h"
#include "lib/digest/sha256.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/index/log_bundle.h"
#include "lib/index/release_index.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kFirst[] = "logs-0001.tar.zst";
constexpr char kSecond[] = "logs-0002.tar.zst";

class LogBundlerTest : public ReleaseFixture {
 protected:
  static absl::Status Run(LogBundler& bundler) {
    bundler.RunOnce();
    return bundler.last_error();
  }
  void PublishMany(int first, int last) {
    for (int i = first; i <= last; ++i) Publish(absl::StrCat("6.", i), absl::StrCat("bytes ", i));
  }
  std::string Bytes(std::string const& bundle) { return host_.SideFile(kTag, bundle).value_or(""); }
  // Out of the bundle that the catalog names; "none" while there is none.
  std::string Kept(std::string const& name) {
    LogPlace const place = Recorded(name).log;
    if (place.bundle == 0) return "none";
    std::string const log =
        LogInBundle(Bytes(LogBundleName(place.bundle)), name).value_or("not in its bundle");
    EXPECT_EQ(Sha256Hex(log), place.sha256);
    EXPECT_EQ(log.size(), place.size);
    return log;
  }
  std::vector<LogBundle> Bundles() {
    return Await<std::vector<LogBundle>>([&](auto done) {
             store_.ListLogBundles({"", kTag}, std::move(done));
           })
        .value();
  }
  ReleaseIndex Index() {
    SideFiles side_files(&store_, &host_, &metrics_);
    side_files.RunOnce();
    EXPECT_OK(side_files.last_error());
    return ParseReleaseIndex(host_.SideFile(kTag, "index.json").value_or("")).value();
  }

  LogBundler bundler_{
      &store_, &host_, &clock_, &metrics_, {.terms = {.logs = 3, .age = absl::Hours(24)}}};
};

TEST_F(LogBundlerTest, KeepsTheLogsOfThoseThatWereFirst) {
  PublishMany(1, 1);
  clock_.Advance(absl::Minutes(1));
  PublishMany(2, 7);
  ASSERT_OK(Run(bundler_));
  int kept = 0;
  for (int i = 1; i <= 7; ++i) {
    std::string const name = absl::StrCat("6.", i, ".o");
    if (Recorded(name).log.bundle == 0) continue;
    ++kept;
    EXPECT_EQ(Kept(name), LogOf(name));
  }
  EXPECT_EQ(kept, 6);
  EXPECT_EQ(Kept("6.1.o"), LogOf("6.1.o"));
  EXPECT_THAT(Bundles(), SizeIs(2));
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_log_bundles_total 2"));
}

TEST_F(LogBundlerTest, WritesNothingWhileNothingIsDue) {
  PublishMany(1, 2);
  ASSERT_OK(Run(bundler_));
  EXPECT_THAT(Bundles(), IsEmpty());
  EXPECT_EQ(Bytes(kFirst), "");
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_logs_waiting 2"));
  clock_.Advance(absl::Hours(24));
  ASSERT_OK(Run(bundler_));
  EXPECT_EQ(Kept("6.1.o"), LogOf("6.1.o"));
  EXPECT_EQ(Kept("6.2.o"), LogOf("6.2.o"));
}

TEST_F(LogBundlerTest, TheIndexSaysWhichBundleHoldsWhatLog) {
  PublishMany(1, 4);
  EXPECT_THAT(Index().bundles, IsEmpty());
  ASSERT_OK(Run(bundler_));
  ReleaseIndex const index = Index();
  ASSERT_THAT(index.bundles, SizeIs(1));
  EXPECT_EQ(index.bundles[0], (IndexedBundle{kFirst, Sha256Hex(Bytes(kFirst)),
                                             static_cast<int64_t>(Bytes(kFirst).size())}));
  EXPECT_THAT(host_.SideFile(kTag, "SHA256SUMS").value_or(""),
              HasSubstr(absl::StrCat(index.bundles[0].sha256, "  ", kFirst, "\n")));
  int without = 0;
  for (IndexedProbe const& probe : index.probes) {
    without += probe.log ? 0 : 1;
    if (probe.log)
      EXPECT_EQ(*probe.log, (IndexedLog{kFirst, Sha256Hex(LogOf(probe.asset_name)),
                                        static_cast<int64_t>(LogOf(probe.asset_name).size())}));
  }
  EXPECT_EQ(without, 1);
}

TEST_F(LogBundlerTest, NamesNoBundleThatTheHostHasNotTaken) {
  PublishMany(1, 3);
  host_.FailSideFile(kFirst);
  EXPECT_FALSE(Run(bundler_).ok());
  EXPECT_THAT(Bundles(), SizeIs(1));
  EXPECT_THAT(Index().bundles, IsEmpty());
  EXPECT_EQ(Index().probes[0].log, std::nullopt);
  host_.FailSideFile("");
  PublishMany(4, 5);  // what the plan holds stays
  ASSERT_OK(Run(bundler_));
  EXPECT_EQ(Kept("6.1.o"), LogOf("6.1.o"));
  EXPECT_EQ(Kept("6.4.o"), "none");
  EXPECT_THAT(Index().bundles, SizeIs(1));
}

TEST_F(LogBundlerTest, ABundleThatArrivedUnrecordedIsKnownByItsBytes) {
  PublishMany(1, 3);
  host_.FailSideFile(kFirst);
  EXPECT_FALSE(Run(bundler_).ok());
  host_.FailSideFile("");
  // The upload of the plan arrives, and its answer is lost.
  std::vector<NamedLog> logs;
  for (char const* name : {"6.1.o", "6.2.o", "6.3.o"}) logs.push_back({name, LogOf(name)});
  std::string const bytes = RenderLogBundle(logs).value();
  ASSERT_EQ(Sha256Hex(bytes), Bundles()[0].sha256);
  ASSERT_OK(host_.WriteLogBundle({"", kTag}, kFirst, bytes));
  ASSERT_OK(Run(bundler_));
  EXPECT_THAT(Bundles(), ElementsAre(LogBundle{1, Sha256Hex(bytes),
                                               static_cast<int64_t>(bytes.size()), true}));
  EXPECT_EQ(Bytes(kSecond), "");
}

TEST_F(LogBundlerTest, LeavesANameThatIsTakenAlone) {
  ASSERT_OK(host_.WriteLogBundle({"", kTag}, kFirst, "somebody else's"));
  PublishMany(1, 3);
  EXPECT_FALSE(Run(bundler_).ok());
  ASSERT_OK(Run(bundler_));
  EXPECT_EQ(Bytes(kFirst), "somebody else's");
  EXPECT_EQ(Recorded("6.1.o").log.bundle, 2);
  EXPECT_EQ(Kept("6.1.o"), LogOf("6.1.o"));
  EXPECT_THAT(Index().bundles, SizeIs(1));
}

TEST_F(LogBundlerTest, APlanWhoseProbeWasBuiltAgainIsMadeAnew) {
  PublishMany(1, 3);
  host_.FailSideFile(kFirst);
  EXPECT_FALSE(Run(bundler_).ok());
  host_.FailSideFile("");
  ASSERT_OK(Await<bool>([&](auto done) {
    store_.MarkAsset(kTag, "6.1.o", AssetPresence::kMissing, std::move(done));
  }));
  PublishMany(1, 1);
  ASSERT_OK(Run(bundler_));
  ASSERT_OK(Run(bundler_));
  for (char const* name : {"6.1.o", "6.2.o", "6.3.o"}) EXPECT_EQ(Kept(name), LogOf(name));
  EXPECT_THAT(Bundles(), SizeIs(1));
}

TEST_F(LogBundlerTest, CutsWhatIsTooLongAndSaysSo) {
  LogBundler bundler(&store_, &host_, &clock_, &metrics_, {.terms = {.logs = 2}, .most_bytes = 5});
  PublishMany(1, 2);
  ASSERT_OK(Run(bundler));
  ASSERT_OK(Run(bundler));
  std::string const name = Recorded("6.1.o").log.bundle != 0 ? "6.1.o" : "6.2.o";
  EXPECT_EQ(Kept(name), "made \n[probefarm: the rest is left out]\n");
  EXPECT_THAT(Bundles(), SizeIs(1)) << "one alone is as much as there is room for";
}

// The database is lost; the release is not.
TEST_F(LogBundlerTest, BundlesAreKnownAgainFromTheIndex) {
  PublishMany(1, 3);
  ASSERT_OK(Run(bundler_));
  ReleaseIndex const before = Index();
  std::string const text = host_.SideFile(kTag, "index.json").value_or("");
  MemoryStore lost(clock_);
  InventoryBoard inventory;
  Adopter adopter(&lost, &host_, &inventory, &clock_, {});
  Reconciler reconciler(&lost, &host_, &adopter, &clock_, &metrics_);
  // Names are these fixtures' own: the index alone tells of them.
  ASSERT_OK(reconciler.RunOnce());
  std::vector<LogBundle> const bundles = Await<std::vector<LogBundle>>([&](auto done) {
                                           lost.ListLogBundles({"", kTag}, std::move(done));
                                         }).value();
  ASSERT_THAT(bundles, SizeIs(1));
  EXPECT_EQ(bundles[0].sha256, before.bundles[0].sha256);
  EXPECT_TRUE(bundles[0].held);
}

}  // namespace
}  // namespace probefarm
