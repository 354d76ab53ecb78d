// Several coordinators that know nothing of each other publish to one repository. That is no way to
// run a farm, but a mistake that is easily made, and nothing may be lost or replaced by it.
#include <filesystem>
#include <functional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_matchers.h"
#include "tests/crash/release_audit.h"
#include "tests/crash/upload_farm.h"

namespace probefarm {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr size_t kProbes = 4;  // of each

class CoordinatorsTest : public UploadFarm {
 protected:
  // No bundles of logs: a coordinator does not look for those that others write meanwhile.
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(UploadFarm::SetUp());
    config_.releases = github_->Config({.log_bundle_age = "24h"});
  }

  // A coordinator with a database of its own, and its workers.
  struct Other {
    Other(std::string const& folder, unsigned seed, size_t file_bytes)
        : farm(folder),
          load(farm.grpc(), {.seed = seed, .workers = 2, .releases = 1, .file_bytes = file_bytes}) {
    }
    Farm farm;
    UploadLoad load;
  };

  // All are ordered from at once. `seeds` make the names.
  void StartAll(std::vector<unsigned> const& seeds, std::vector<size_t> const& sizes) {
    for (size_t i = 0; i < seeds.size(); ++i) {
      std::string const folder = absl::StrCat(folder_.path(), "/farm", i);
      std::filesystem::create_directory(folder);
      others_.push_back(std::make_unique<Other>(folder, seeds[i], sizes[i]));
      others_.back()->farm.WriteConfig(config_);
      ASSERT_OK(others_.back()->farm.StartCoordinator());
    }
    std::vector<std::thread> orders;
    for (auto const& other : others_)
      orders.emplace_back([&other] { EXPECT_OK(other->load.Order(kProbes)); });
    for (std::thread& order : orders) order.join();
  }
  void WaitUntilEachSays(
      std::string const& what,
      std::function<std::vector<std::string>(
          std::vector<v1::Job> const&, std::vector<v1::PublishedProbe> const&)> const& audit) {
    for (auto const& other : others_) {
      std::vector<std::string> complaints;
      ASSERT_OK(WaitUntil(what,
                          [&] {
                            auto const jobs = other->load.AllJobs();
                            auto const probes = other->load.AllProbes();
                            complaints = {"the coordinator does not answer"};
                            if (jobs.ok() && probes.ok()) complaints = audit(*jobs, *probes);
                            return complaints.empty();
                          }))
          << absl::StrJoin(complaints, "\n") << other->farm.coordinator_log();
    }
  }
  // The names of what any release has beside side files.
  std::vector<std::string> Held() const {
    std::vector<std::string> held;
    for (FakeRelease const& release : Releases()) {
      for (FakeAsset const& asset : release.assets) {
        if (!IsSideFileName(asset.name)) held.push_back(asset.name);
      }
    }
    return held;
  }
  // In the end every catalog knows all that is there, whoever published it, and the side files do,
  // too. On the way nothing that was whole was deleted or changed.
  void ExpectOneReleaseWith(size_t probes) {
    ASSERT_NO_FATAL_FAILURE(WaitUntilEachSays(
        "the catalog is that of all",
        [this](auto const&, auto const& known) { return AuditReleases(Releases(), known); }));
    EXPECT_THAT(Held(), SizeIs(probes));
    EXPECT_THAT(Releases(), SizeIs(1));
    EXPECT_THAT(AuditJournal(ReadWholeFile(github_->journal_path())), IsEmpty());
    EXPECT_EQ(github().counters().leaked_tokens, 0);
  }

  std::vector<std::unique_ptr<Other>> others_;
};

TEST_F(CoordinatorsTest, OfManyAndOneNewTagThereIsOneRelease) {
  github().SetTagLag(absl::Seconds(1));
  ASSERT_NO_FATAL_FAILURE(StartAll({1, 2, 3}, {1'000, 1'000, 1'000}));
  ASSERT_NO_FATAL_FAILURE(WaitUntilEachSays("all is published", &AuditJobs));
  ExpectOneReleaseWith(3 * kProbes);
}

TEST_F(CoordinatorsTest, OfManyWorkersWithTheSameAssetOneUploadsIt) {
  ASSERT_NO_FATAL_FAILURE(StartAll({1, 1, 1}, {1'000, 1'000, 1'000}));
  ASSERT_NO_FATAL_FAILURE(WaitUntilEachSays("all is published", &AuditJobs));
  ExpectOneReleaseWith(kProbes);
}

// Each asset is in the catalog of whoever published it; the others say that it is not theirs.
TEST_F(CoordinatorsTest, OfManyWorkersWithOtherBytesOneUploadsThemAndTheOthersAreTold) {
  ASSERT_NO_FATAL_FAILURE(StartAll({1, 1, 1}, {1'000, 1'001, 1'002}));
  auto const are_over = [](std::vector<v1::Job> const& jobs, auto const&) {
    std::vector<std::string> complaints;
    for (v1::Job const& job : jobs) {
      bool const lost = job.state() == v1::FAILED && job.reason().code() == "conflict";
      if (!lost && job.state() != v1::PUBLISHED) complaints.push_back(job.ShortDebugString());
    }
    return complaints;
  };
  ASSERT_NO_FATAL_FAILURE(WaitUntilEachSays("all is over", are_over));
  EXPECT_THAT(Held(), SizeIs(kProbes));
  size_t published = 0;
  for (auto const& other : others_) {
    ASSERT_OK_AND_ASSIGN(auto const known, other->load.AllProbes());
    published += known.size();
    size_t const lost = kProbes - known.size();
    EXPECT_OK(WaitUntil("conflicts are listed", [&] {
      auto const releases = other->farm.Ask({"releases"});
      return releases.ok() && (*releases)["assets"].size() == lost;
    })) << other->farm.coordinator_log();
  }
  EXPECT_EQ(published, kProbes);
  EXPECT_THAT(AuditJournal(ReadWholeFile(github_->journal_path())), IsEmpty());
}

}  // namespace
}  // namespace probefarm
