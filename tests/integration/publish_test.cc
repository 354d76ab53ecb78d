// From a kernel in a feed to an asset that anyone can download, and what a second backfill does.
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;

class PublishTest : public BuildingFarm {
 protected:
  // Backfills everything and waits for it.
  void PublishAll() {
    ASSERT_OK_AND_ASSIGN(SubprocessResult const watched, farm_.Client({"backfill", "--watch"}));
    ASSERT_EQ(watched.exit_code, 0) << watched.output << watched.errors;
  }

  std::string ReleaseFolder(json const& probe) const {
    return absl::StrCat(farm_.releases(), "/", probe["tag"].get<std::string>());
  }
};

SubprocessResult Execute(std::vector<std::string> argv) {
  absl::StatusOr<SubprocessResult> result = RunSubprocess({.argv = std::move(argv)});
  EXPECT_OK(result);
  return result.ok() ? *std::move(result) : SubprocessResult{-1, "", ""};
}

TEST_F(PublishTest, EveryProbeCanBeDownloadedAndChecked) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
  ASSERT_THAT(probes, SizeIs(2));

  SubprocessResult const checked =
      Execute({"sh", "-c", "cd \"$1\" && sha256sum -c SHA256SUMS", "sh", ReleaseFolder(probes[0])});
  EXPECT_EQ(checked.exit_code, 0) << checked.errors;
  for (json const& probe : probes) {
    std::string const url = probe["url"];
    EXPECT_THAT(checked.output, HasSubstr(probe["asset_name"].get<std::string>() + ": OK"));
    EXPECT_EQ(Execute({"curl", "-sf", "-r", "1-3", url}).output, "ELF");
    EXPECT_EQ(Execute({"sh", "-c", "curl -sf \"$1\" | sha256sum", "sh", url}).output,
              probe["sha256"].get<std::string>() + "  -\n");
  }
}

TEST_F(PublishTest, ASecondBackfillBuildsOnlyWhatIsNotThere) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());

  ASSERT_OK_AND_ASSIGN(json const again, farm_.Ask({"backfill"}));
  EXPECT_EQ(again["enqueued"], 0);
  EXPECT_EQ(again["already_published"], 2);

  ASSERT_OK_AND_ASSIGN(json const before, farm_.Ask({"probes", "--kind", "kmod"}));
  std::string const asset = before[0]["asset_name"];
  ASSERT_TRUE(std::filesystem::remove(absl::StrCat(ReleaseFolder(before[0]), "/", asset)));
  json const job = BackfillOne({});
  EXPECT_EQ(job["file_name"], before[0]["file_name"]);
  ASSERT_OK(farm_.WaitForState(job["id"], "published"));
  ASSERT_OK_AND_ASSIGN(json const after, farm_.Ask({"probes", "--kind", "kmod"}));
  EXPECT_EQ(after[0]["sha256"], before[0]["sha256"]);
  EXPECT_EQ(after[0]["missing"], false);
  EXPECT_EQ(after[0]["job"], job["id"]);
}

TEST_F(PublishTest, ALogCanBeFollowedWhileTheCompilerRuns) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .holds_builds = true}}));
  auto const worker = StartWorker("w");
  json const job = BackfillOne({"--kind", "kmod"});
  ASSERT_OK_AND_ASSIGN(auto const follower,
                       farm_.StartClient("follower", {"logs", "-f", job["id"].dump()}));
  ASSERT_OK(WaitUntil("the follower sees the build begin",
                      [&] { return absl::StrContains(follower->output(), "HOLD"); }));
  EXPECT_FALSE(absl::StrContains(follower->output(), "CC [M]"));
  ASSERT_NO_FATAL_FAILURE(LetGo("w"));
  EXPECT_EQ(ExitCodeOf(*follower), 0);
  ASSERT_OK(farm_.WaitForState(job["id"], "published"));
  EXPECT_THAT(follower->output(), AllOf(HasSubstr("CC [M]"), EndsWith(LastLine(job))));
  EXPECT_EQ(LogOf(job), follower->output());
}

}  // namespace
}  // namespace probefarm
