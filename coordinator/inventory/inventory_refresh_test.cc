#include "coordinator/inventory/inventory_refresh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "coordinator/feeds/fake_kernel_feed.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/runtime/fake_clock.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kVersion[] = "8.0.0+driver";

Kernel KernelOf(std::string release) {
  Kernel kernel;
  kernel.host.release = std::move(release);
  return kernel;
}

Input PackageOf(char digit) {
  return {std::string("scap-dkms_") + digit + ".deb", std::string(64, digit), 100, {"http://m/x"}};
}

DriverConfig FromPackage(std::string suite) {
  return {kVersion, {Kind::kKmod}, PackageSource{std::move(suite), "falcosecurity-scap-dkms"}};
}

class InventoryRefreshTest : public testing::Test {
 protected:
  InventoryRefresh RefreshOf(std::vector<DriverConfig> drivers) {
    return {{&debian_, &ubuntu_},
            {&index_, &other_index_},
            std::move(drivers),
            store_,
            board_,
            clock_,
            metrics_};
  }

  FeedState Debian() const { return board_.Get()->feeds.at(0); }
  DriverState Driver() const { return board_.Get()->drivers.at(0); }

  FakeClock clock_;
  MemoryStore store_{clock_};
  Metrics metrics_;
  FakeKernelFeed debian_{"debian"};
  FakeKernelFeed ubuntu_{"ubuntu"};
  FakePackageIndex index_;
  FakePackageIndex other_index_;
  InventoryBoard board_;
};

TEST_F(InventoryRefreshTest, BeginsWithNothing) {
  EXPECT_THAT(board_.Get()->feeds, IsEmpty());
  EXPECT_THAT(AllKernels(*board_.Get()), IsEmpty());
}

TEST_F(InventoryRefreshTest, ReadsEveryFeed) {
  debian_.List({{KernelOf("6.1"), KernelOf("5.10")}});
  ubuntu_.List({{KernelOf("6.8")}});
  RefreshOf({}).RunOnce();
  std::vector<Kernel> const kernels = AllKernels(*board_.Get());
  ASSERT_THAT(kernels, SizeIs(3));
  EXPECT_EQ(kernels[2].host.release, "6.8");
  EXPECT_EQ(Debian().last_success, clock_.Now());
  EXPECT_EQ(Debian().error, "");
}

TEST_F(InventoryRefreshTest, TheLastGoodStateStaysInForceWhenAFeedFails) {
  InventoryRefresh refresh = RefreshOf({});
  debian_.List({{KernelOf("6.1")}});
  refresh.RunOnce();
  absl::Time const good = clock_.Now();
  clock_.Advance(absl::Hours(1));
  debian_.List(absl::UnavailableError("the mirror is away"));
  ubuntu_.List({{KernelOf("6.8")}});
  refresh.RunOnce();
  EXPECT_THAT(Debian().kernels, SizeIs(1));
  EXPECT_EQ(Debian().last_success, good);
  EXPECT_EQ(Debian().error, "the mirror is away");
  EXPECT_THAT(AllKernels(*board_.Get()), SizeIs(2)) << "a feed that fails harms no other";
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_feed_errors_total{feed=\"debian\"} 1"));

  debian_.List({{KernelOf("6.1"), KernelOf("6.12")}});
  refresh.RunOnce();
  EXPECT_THAT(Debian().kernels, SizeIs(2));
  EXPECT_EQ(Debian().error, "");
}

TEST_F(InventoryRefreshTest, AFeedThatWasNeverReadIsListedWithItsError) {
  debian_.List(absl::UnavailableError("the mirror is away"));
  RefreshOf({}).RunOnce();
  EXPECT_EQ(Debian().name, "debian");
  EXPECT_FALSE(Debian().last_success);
  EXPECT_EQ(Debian().error, "the mirror is away");
}

TEST_F(InventoryRefreshTest, FindsADriversSourceByItsPackage) {
  index_.Put("trixie", PackageOf('a'));
  RefreshOf({FromPackage("trixie")}).RunOnce();
  ASSERT_TRUE(Driver().source);
  EXPECT_EQ(Driver().source->version, kVersion);
  EXPECT_EQ(Driver().source->archive.file, PackageOf('a'));
  EXPECT_EQ(Driver().source->archive.format, ArchiveFormat::kDeb);
  EXPECT_THAT(Driver().source->kinds, testing::ElementsAre(Kind::kKmod));
}

TEST_F(InventoryRefreshTest, AsksTheNextIndexWhenOneDoesNotHaveThePackage) {
  other_index_.Put("trixie", PackageOf('a'));
  RefreshOf({FromPackage("trixie")}).RunOnce();
  EXPECT_TRUE(Driver().source);
}

TEST_F(InventoryRefreshTest, TakesASourceThatIsKnownByItsDigestAsItIs) {
  ArchiveInput const archive{PackageOf('a'), ArchiveFormat::kTar, "libs/driver/"};
  RefreshOf({{kVersion, {Kind::kBpf}, archive}}).RunOnce();
  ASSERT_TRUE(Driver().source);
  EXPECT_EQ(Driver().source->archive, archive);
}

TEST_F(InventoryRefreshTest, ASourceThatChangesIsAnErrorThatNamesBothAndTheOldStaysInForce) {
  InventoryRefresh refresh = RefreshOf({FromPackage("trixie")});
  index_.Put("trixie", PackageOf('a'));
  refresh.RunOnce();
  index_.Put("trixie", PackageOf('b'));
  refresh.RunOnce();
  EXPECT_THAT(Driver().error, AllOf(HasSubstr(std::string(64, 'a')),
                                    HasSubstr(std::string(64, 'b')), HasSubstr(kVersion)));
  ASSERT_TRUE(Driver().source);
  EXPECT_EQ(Driver().source->archive.file, PackageOf('a'));
}

TEST_F(InventoryRefreshTest, TheDigestStaysPinnedAcrossARestart) {
  index_.Put("trixie", PackageOf('a'));
  RefreshOf({FromPackage("trixie")}).RunOnce();
  board_.Set({});
  index_.Put("trixie", PackageOf('b'));
  RefreshOf({FromPackage("trixie")}).RunOnce();
  EXPECT_FALSE(Driver().source);
  EXPECT_THAT(Driver().error, HasSubstr("first seen"));
}

TEST_F(InventoryRefreshTest, ADriverWithoutSourceIsReported) {
  RefreshOf({FromPackage("sid")}).RunOnce();
  EXPECT_FALSE(Driver().source);
  EXPECT_THAT(Driver().error, HasSubstr("no package falcosecurity-scap-dkms in sid"));
}

TEST_F(InventoryRefreshTest, WithoutAnyIndexADriverIsReportedToo) {
  InventoryRefresh({}, {}, {FromPackage("sid")}, store_, board_, clock_, metrics_).RunOnce();
  EXPECT_THAT(Driver().error, HasSubstr("no feed is configured"));
}

TEST_F(InventoryRefreshTest, AnIndexThatIsAwayLeavesTheSourceInForce) {
  InventoryRefresh refresh = RefreshOf({FromPackage("trixie")});
  index_.Put("trixie", PackageOf('a'));
  refresh.RunOnce();
  index_.FailWith(absl::UnavailableError("the mirror is away"));
  other_index_.FailWith(absl::UnavailableError("the mirror is away"));
  refresh.RunOnce();
  EXPECT_TRUE(Driver().source);
  EXPECT_EQ(Driver().error, "the mirror is away");
}

}  // namespace
}  // namespace probefarm
