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

TEST_F(PublishTest, AReleaseHasNotesAndTheLogsOfItsProbes) {
  config_.releases =
      absl::StrCat("{log_bundles: {age: 1s}, directory: {root: ", folder_ / "releases", "}}");
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
  std::string const release = absl::StrCat("http://", farm_.http());
  for (json const& probe : probes) {
    SubprocessResult log;
    ASSERT_OK(WaitUntil("the log is in a bundle", [&] {
      log = Execute({Farm::Program("probefarm"), "logs", probe["asset_name"], "--driver",
                     "8.0.0+driver", "--repository", release});
      return log.exit_code == 0;
    })) << log.errors;
    EXPECT_THAT(log.output, HasSubstr(probe["sha256"].get<std::string>()));
    EXPECT_THAT(log.errors, HasSubstr("NOT VERIFIED"));
  }
  EXPECT_THAT(
      Execute({"curl", "-sf", release + "/releases/download/8.0.0%2Bdriver/x86_64/NOTES.md"})
          .output,
      HasSubstr("2 files for 1 operating system."));
  ASSERT_OK_AND_ASSIGN(json const releases, farm_.Ask({"releases"}));
  EXPECT_THAT(releases["assets"], testing::IsEmpty());
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

class RebuildTest : public BuildingFarm {
 protected:
  // With a cache of its own, as on a machine that has never seen the farm.
  SubprocessResult Rebuild(std::vector<std::string> const& arguments,
                           std::string const& cache = "stranger") {
    std::vector<std::string> command = {Farm::Program("probefarm-worker"), "rebuild", "--cache-dir",
                                        folder_ / cache};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return Execute(command);
  }

  json PublishOne() {
    Start({{.abi = 1}});
    auto const worker = StartWorker("w");
    json const job = BackfillOne({"--kind", "kmod"});
    EXPECT_OK(farm_.WaitForState(job["id"], "published"));
    EXPECT_OK(WaitUntil("side files are written", [&] {
      return Execute({"curl", "-sf", Release() + "/index.json"}).exit_code == 0;
    }));
    absl::StatusOr<json> const probes = farm_.Ask({"probes"});
    EXPECT_OK(probes);
    return probes->at(0);
  }

  std::string Release() const {
    return absl::StrCat("http://", farm_.http(), "/releases/download/8.0.0%2Bdriver/x86_64");
  }
};

TEST_F(RebuildTest, AStrangerGetsTheSameBytes) {
  json const probe = PublishOne();
  SubprocessResult const same = Rebuild({probe["file_name"], "--index", Release()});
  EXPECT_EQ(same.exit_code, 0) << same.output << same.errors;
  EXPECT_THAT(same.output, HasSubstr("the same\n"));
  EXPECT_THAT(same.output, HasSubstr(probe["sha256"].get<std::string>()));
}

TEST_F(RebuildTest, SaysWhatDiffers) {
  json const probe = PublishOne();
  std::string const spec =
      folder_.Write("spec.json", farm_.Client({"job", probe["job"].dump(), "--spec"})->output);
  SubprocessResult const bytes = Rebuild({spec, "--sha256", std::string(64, 'a')});
  EXPECT_EQ(bytes.exit_code, 1);
  EXPECT_THAT(bytes.output, HasSubstr("different  bytes: "));
  folder_.Write("inputs/linux-kbuild-6.1_6.1.1-1_amd64.deb", "another");
  folder_.Write("inputs/builder-bookworm.tar", "another");
  SubprocessResult const inputs =
      Rebuild({spec, "--sha256", probe["sha256"], "--inputs-dir", folder_ / "inputs"}, "other");
  EXPECT_EQ(inputs.exit_code, 1);
  EXPECT_THAT(inputs.output, HasSubstr("different  inputs: "));
}

TEST_F(RebuildTest, WhatCannotBeComparedIsUsage) {
  EXPECT_EQ(Rebuild({"nothing.o"}).exit_code, 2);
  EXPECT_EQ(Rebuild({folder_.Write("spec.json", "{}"), "--sha256", "a"}).exit_code, 2);
  EXPECT_EQ(Rebuild({}).exit_code, 2);
}

TEST_F(RebuildTest, AnEngineThatIsNotThereSaysNothingOfTheProbe) {
  json const probe = PublishOne();
  SubprocessResult const unknown = Rebuild(
      {probe["file_name"], "--index", Release(), "--engine", "unix://" + (folder_ / "none.sock")});
  EXPECT_EQ(unknown.exit_code, 3) << unknown.output;
  EXPECT_THAT(unknown.errors, HasSubstr("none.sock"));
}

}  // namespace
}  // namespace probefarm
