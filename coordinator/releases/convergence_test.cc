// From any state of catalog and releases the reconciler comes to one that it does not change.
#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/reconciler.h"
#include "coordinator/releases/recorded_assets.h"
#include "coordinator/releases/release_fixture.h"
#include "coordinator/store/await.h"
#include "lib/digest/sha256.h"
#include "lib/driver/asset_name.h"
#include "lib/index/release_index.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

constexpr int kWorlds = 400;
constexpr int kKernels = 6;

using Place = std::pair<std::string, std::string>;  // tag, name

ProbeId ProbeOf(int kernel, Kind kind) {
  return {"8.0.0+driver", Arch::kX86_64, "debian", absl::StrCat("6.1.", kernel), "1", kind};
}

// One random state of both, and what happens to it.
class World {
 public:
  explicit World(uint32_t seed) : random_(seed) {
    Inventory inventory;
    inventory.drivers.push_back({"8.0.0+driver", std::nullopt, ""});
    inventory_.Set(std::move(inventory));
    for (int kernel = 0; kernel < kKernels; ++kernel) {
      for (Kind const kind : {Kind::kBpf, Kind::kKmod}) AddProbe(ProbeOf(kernel, kind));
    }
    if (Chance(2)) Put("README.md", "hello");
    if (Chance(2)) Put("falco_myos_1_2_3.o", "whose");
    if (Chance(2)) WriteIndex();
  }

  void RunToTheEnd() {
    for (int pass = 0; pass < 10; ++pass) ASSERT_OK(reconciler_.RunOnce());
  }

  // Everything that can be seen, so that a fixed point shows.
  std::string State() {
    std::string state;
    for (PublishedAsset const& asset : Recorded())
      absl::StrAppend(&state, asset.tag, " ", asset.asset_name, " ", asset.sha256, " ",
                      static_cast<int>(asset.presence), " ", asset.job, "\n");
    ReconcileReport const report = reconciler_.last_report();
    absl::StrAppend(&state, report.lost, " ", report.found_again, " ", report.adoption.adopted, " ",
                    report.tampered.size(), " ", report.adoption.conflicts.total, " ",
                    report.adoption.foreign.total, " ", report.adoption.waiting.total);
    return state;
  }

  void ExpectAllHeldIsAccountedFor() {
    std::map<Place, PublishedAsset> recorded;
    for (PublishedAsset const& asset : Recorded()) recorded[{asset.tag, asset.asset_name}] = asset;
    std::set<Place> const reported = Reported();
    for (auto const& [place, bytes] : held_) {
      EXPECT_EQ(host_.Asset(place.first, place.second), bytes) << place.second << " was touched";
      auto const record = recorded.find(place);
      bool const as_recorded = record != recorded.end() &&
                               record->second.sha256 == Sha256Hex(bytes) &&
                               record->second.presence == AssetPresence::kPresent;
      EXPECT_NE(as_recorded, reported.contains(place)) << place.first << " " << place.second;
    }
    EXPECT_EQ(host_.ListAssets()->size(), held_.size());
    for (auto const& [place, asset] : recorded) {
      if (!held_.contains(place))
        EXPECT_EQ(asset.presence, AssetPresence::kMissing) << place.second;
    }
    for (PublishedAsset const& asset : at_first_) {
      EXPECT_EQ(Digest(asset.probe), asset.sha256) << "a record never changes (I10)";
    }
  }

 private:
  bool Chance(int one_in) { return std::uniform_int_distribution<>(1, one_in)(random_) == 1; }

  void AddProbe(ProbeId const& probe) {
    std::string const name = ProbeFileName("falco", probe);
    std::string const bytes = Chance(2) ? "built" : "built otherwise";
    if (Chance(2)) Record(probe, name, bytes);
    if (!Chance(3)) Put(name, Chance(3) ? "built otherwise" : "built");
  }

  // As though it had been found there, and perhaps lost since.
  void Record(ProbeId const& probe, std::string const& name, std::string const& bytes) {
    PublishedAsset const asset{.probe = probe,
                               .file_name = name,
                               .tag = ReleaseTag(probe),
                               .asset_name = Chance(8) ? "elsewhere-" + name : name,
                               .sha256 = Sha256Hex(bytes),
                               .size = static_cast<int64_t>(bytes.size())};
    ASSERT_OK(Await<bool>([&](auto done) { store_.Adopt(asset, std::move(done)); }));
    at_first_.push_back(asset);
    if (Chance(2)) return;
    ASSERT_OK(Await<bool>([&](auto done) {
      store_.MarkAsset(asset.tag, asset.asset_name, AssetPresence::kMissing, std::move(done));
    }));
  }

  void Put(std::string const& name, std::string const& bytes) {
    host_.Put(kTag, name, bytes);
    held_[{kTag, name}] = bytes;
    if (Chance(4) && bytes != "whose" && bytes != "hello" && !IsRecorded(name))
      host_.ForgetDigest(kTag, name);
  }
  bool IsRecorded(std::string const& name) const {
    return std::any_of(at_first_.begin(), at_first_.end(),
                       [&](PublishedAsset const& asset) { return asset.asset_name == name; });
  }

  // True of some, false of others.
  void WriteIndex() {
    ReleaseIndex index{kTag, {}, {}};
    for (int kernel = 0; kernel < kKernels; ++kernel) {
      if (Chance(2)) continue;
      IndexedProbe entry;
      entry.probe = ProbeOf(kernel, Kind::kBpf);
      entry.file_name = entry.asset_name = ProbeFileName("falco", entry.probe);
      entry.sha256 = Sha256Hex("built");
      entry.size = 5;
      index.probes.push_back(entry);
    }
    ASSERT_OK(host_.WriteSideFile({"", kTag}, "index.json", RenderReleaseIndex(index)));
  }

  std::vector<PublishedAsset> Recorded() { return RecordedAssets(store_, {}).value(); }
  std::string Digest(ProbeId const& probe) {
    for (PublishedAsset const& asset : Recorded())
      if (asset.probe == probe) return asset.sha256;
    return "";
  }
  std::set<Place> Reported() const {
    std::set<Place> places;
    ReconcileReport const report = reconciler_.last_report();
    for (TamperedAsset const& asset : report.tampered)
      places.insert({asset.held.tag, asset.held.asset_name});
    for (LeftAloneList const* list : {&report.adoption.conflicts, &report.adoption.foreign})
      for (LeftAlone const& asset : list->first)
        places.insert({asset.held.tag, asset.held.asset_name});
    return places;
  }

  static constexpr char kTag[] = "8.0.0+driver/x86_64";
  std::mt19937 random_;
  FakeClock clock_;
  Metrics metrics_;
  MemoryStore store_{clock_};
  FakeReleaseHost host_{&clock_};
  InventoryBoard inventory_;
  Adopter adopter_{&store_, &host_, &inventory_, &clock_, {.most_downloads = 2}};
  Reconciler reconciler_{&store_, &host_, &adopter_, &clock_, &metrics_};
  std::map<Place, std::string> held_;
  std::vector<PublishedAsset> at_first_;
};

TEST(Convergence, ComesToAStateInWhichEverythingHeldIsRecordedOrReported) {
  for (uint32_t seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    World world(seed);
    world.RunToTheEnd();
    std::string const state = world.State();
    world.ExpectAllHeldIsAccountedFor();
    world.RunToTheEnd();
    EXPECT_EQ(world.State(), state);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace probefarm
