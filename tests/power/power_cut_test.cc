// The power fails at any write or sync of the store, and takes or tears what was not synced. What
// was answered must be there afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "coordinator/store/sqlite/sqlite_store.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "lib/runtime/test_setting.h"
#include "tests/power/power_cut_vfs.h"
#include "tests/power/store_history.h"

namespace probefarm {
namespace {

using testing::IsEmpty;

constexpr int kCuts = 1000;
constexpr int kCutsOfADatabase = 20;  // then it begins with an empty one
constexpr int kLongestLife = 400;     // operations on the disk
constexpr int kMostSteps = 200;

// One database that loses its power again and again.
class Machine {
 public:
  Machine(PowerCutVfs& vfs, unsigned seed) : vfs_(vfs), random_(seed), history_(seed) { NewDisk(); }

  // Starts, works until the power fails, and has another disk with what was left. Answers what was
  // lost of what had been answered before.
  std::vector<std::string> Live() {
    vfs_.CutAfter(static_cast<int>(random_() % kLongestLife));
    {
      auto const store = Open();
      if (store.ok()) Work(**store);
    }
    Recover();
    auto const store = Open();
    if (!store.ok()) return {store.status().ToString()};
    std::vector<std::string> lost = history_.Check(**store);
    return lost;
  }
  int64_t answered() const { return history_.answered(); }

 private:
  void NewDisk() {
    folder_ = root_ / absl::StrCat(++disks_);
    std::filesystem::create_directory(folder_);
  }
  absl::StatusOr<std::unique_ptr<SqliteStore>> Open() {
    SqliteStoreOptions options;
    options.wal_bytes = 64 << 10;
    options.reader_threads = 1;
    options.writer.checkpoint_frames = 30;
    options.random_seed = 1;
    return SqliteStore::Open(folder_ + "/store.db", clock_, options);
  }
  void Work(SqliteStore& store) {
    for (int step = 0; step < kMostSteps && !vfs_.cut(); ++step) {
      clock_.Advance(absl::Seconds(1));
      history_.Step(store, [this] { return !vfs_.cut(); });
    }
  }
  void Recover() {
    std::string const old = folder_;
    NewDisk();
    vfs_.Recover(old, folder_, random_);
    std::filesystem::remove_all(old);
  }

  PowerCutVfs& vfs_;
  std::mt19937 random_;
  StoreHistory history_;
  FakeClock clock_;
  TemporaryFolder root_;
  int disks_ = 0;
  std::string folder_;
};

// The first loss, with the seed that shows it; empty when there is none.
std::string FirstLoss(PowerCutVfs& vfs, int cuts, int64_t& answered) {
  for (unsigned seed = 1; static_cast<int>(seed - 1) * kCutsOfADatabase < cuts; ++seed) {
    Machine machine(vfs, seed);
    for (int cut = 0; cut < kCutsOfADatabase; ++cut) {
      std::vector<std::string> const lost = machine.Live();
      if (!lost.empty()) return absl::StrCat("seed ", seed, " cut ", cut, ": ", lost.front());
    }
    answered += machine.answered();
  }
  return "";
}

TEST(PowerCut, LosesNothingThatWasAnswered) {
  PowerCutVfs vfs;
  int64_t answered = 0;
  int const cuts = TestSetting("PROBEFARM_CUTS", kCuts);
  EXPECT_EQ(FirstLoss(vfs, cuts, answered), "");
  EXPECT_GT(answered, 2 * cuts) << "nothing was at stake";
}

// Of the test itself.
TEST(PowerCut, ADiskThatDoesNotSyncIsFoundOut) {
  PowerCutVfs vfs(/*syncs=*/false);
  int64_t answered = 0;
  EXPECT_NE(FirstLoss(vfs, kCuts, answered), "");
}

}  // namespace
}  // namespace probefarm
