#include "tests/integration/small_farm.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/farm/builder_archive.h"
#include "worker/inputs/header_tree.h"

namespace probefarm {
namespace {

using nlohmann::json;

// No other test has it, nor an earlier run of this one.
std::string UniqueName() {
  auto const* test = testing::UnitTest::GetInstance()->current_test_info();
  return absl::StrCat(test->test_suite_name(), ".", test->name(), " ", getpid(), " ",
                      absl::ToUnixMicros(absl::Now()));
}

std::string HeaderVolumeOf(json const& kernel) {
  std::vector<LocalArchive> archives;
  for (json const& package : kernel["packages"]) {
    LocalArchive archive;
    archive.input.file.sha256 = package["sha256"];
    archives.push_back(std::move(archive));
  }
  return HeaderVolumeName(archives);
}

bool HasReadAll(absl::StatusOr<json> const& status) {
  if (!status.ok() || (*status)["feeds"].empty()) return false;
  auto const was_read = [](json const& feed) { return feed.contains("last_success"); };
  auto const is_wrong = [](json const& driver) { return driver.contains("error"); };
  return std::ranges::all_of((*status)["feeds"], was_read) &&
         std::ranges::none_of((*status)["drivers"], is_wrong);
}

}  // namespace

int ExitCodeOf(RunningProgram& program) {
  absl::StatusOr<int> const code = program.WaitForExit();
  EXPECT_OK(code);
  return code.ok() ? *code : -1;
}

void SmallFarm::TearDown() {
  if (!HasFailure()) return;
  for (auto const& entry : std::filesystem::directory_iterator(folder_.path())) {
    if (entry.path().extension() != ".log") continue;
    std::cerr << "-- " << entry.path().filename() << '\n' << ReadWholeFile(entry.path());
  }
}

void SmallFarm::Start(std::vector<SmallKernel> const& kernels) {
  ASSERT_NO_FATAL_FAILURE(Publish(kernels));
  ASSERT_NO_FATAL_FAILURE(StartCoordinator());
  WaitForFeeds();
}

void SmallFarm::Publish(std::vector<SmallKernel> const& kernels) {
  std::string const folder = folder_ / "archive";
  std::filesystem::create_directory(folder);
  archive_ = std::make_unique<SmallArchive>(folder);
  ASSERT_OK(archive_->Publish(kernels, UniqueName(), driver_lacks_));
  config_.mirror = archive_->url();
  config_.keyring = archive_->keyring();
}

void SmallFarm::StartCoordinator() {
  if (config_.builder.empty()) {
    config_.builder = folder_ / "bare.tar";
    ASSERT_OK(WriteBareBuilder(config_.builder));
  }
  farm_.WriteConfig(config_);
  ASSERT_OK(farm_.StartCoordinator());
}

void SmallFarm::WaitForFeeds() const {
  ASSERT_OK(WaitUntil("the feeds are read", [this] { return HasReadAll(farm_.Ask({"status"})); }))
      << farm_.coordinator_log();
}

std::vector<json> SmallFarm::Backfill(std::vector<std::string> const& filter) const {
  std::vector<std::string> arguments = {"backfill"};
  arguments.insert(arguments.end(), filter.begin(), filter.end());
  absl::StatusOr<json> const answer = farm_.Ask(arguments);
  EXPECT_OK(answer);
  if (!answer.ok()) return {};
  std::string const number = absl::StrCat(answer->value("backfill", 0));
  absl::StatusOr<json> const jobs = farm_.Ask({"jobs", "--backfill", number});
  EXPECT_OK(jobs);
  if (!jobs.ok()) return {};
  std::vector<json> listed = *jobs;
  std::sort(listed.begin(), listed.end(),
            [](json const& a, json const& b) { return a["id"] < b["id"]; });
  return listed;
}

json SmallFarm::BackfillOne(std::vector<std::string> const& filter) const {
  std::vector<json> const jobs = Backfill(filter);
  EXPECT_EQ(jobs.size(), 1U);
  return jobs.empty() ? json() : jobs.front();
}

std::unique_ptr<RunningProgram> SmallFarm::StartWorker(std::string const& name,
                                                       std::vector<std::string> const& options,
                                                       std::string const& variable) const {
  absl::StatusOr<std::unique_ptr<RunningProgram>> worker =
      farm_.StartWorker(name, options, variable);
  EXPECT_OK(worker);
  return worker.ok() ? *std::move(worker) : nullptr;
}

void SmallFarm::WaitForWorkers(size_t live) const {
  ASSERT_OK(WaitUntil(absl::StrCat(live, " workers are live"), [&] {
    absl::StatusOr<json> const status = farm_.Ask({"status"});
    return status.ok() && status->value("live_workers", size_t{0}) == live;
  })) << farm_.coordinator_log();
}

int SmallFarm::Published() const {
  absl::StatusOr<json> const probes = farm_.Ask({"probes"});
  EXPECT_OK(probes);
  return probes.ok() ? static_cast<int>(probes->size()) : -1;
}

void SmallFarm::PublishAll() const {
  ASSERT_OK_AND_ASSIGN(SubprocessResult const watched, farm_.Client({"backfill", "--watch"}));
  ASSERT_EQ(watched.exit_code, 0) << watched.output << watched.errors;
}

void SmallFarm::WaitForSideFiles() const {
  ASSERT_OK(WaitUntil("the side files are written", [this] {
    absl::StatusOr<json> const status = farm_.Ask({"status"});
    return status.ok() && status->value("stale_releases", 1) == 0;
  }));
}

void BuildingFarm::SetUp() {
  ASSERT_OK_AND_ASSIGN(config_.builder, RealBuilder());
  ASSERT_OK_AND_ASSIGN(engine_, FarmEngine::Connect());
}

void BuildingFarm::Start(std::vector<SmallKernel> const& kernels) {
  ASSERT_NO_FATAL_FAILURE(SmallFarm::Start(kernels));
  ASSERT_OK_AND_ASSIGN(json const known, farm_.Ask({"kernels"}));
  for (json const& kernel : known) {
    header_volumes_.push_back(HeaderVolumeOf(kernel));
    engine_->WillHaveHeaderVolume(header_volumes_.back());
  }
}

std::unique_ptr<RunningProgram> BuildingFarm::StartWorker(std::string const& name, int slots,
                                                          std::vector<std::string> const& options,
                                                          std::string const& variable) {
  std::vector<std::string> all = {"--id", engine_->WorkerId(name), "--slots", absl::StrCat(slots)};
  all.insert(all.end(), options.begin(), options.end());
  return SmallFarm::StartWorker(name, all, variable);
}

void BuildingFarm::WaitForBuilds(std::string const& name, size_t count) {
  ASSERT_OK(WaitUntil(absl::StrCat(count, " builds run at ", name), [&] {
    return Builds(name) == count;
  })) << farm_.coordinator_log();
}

size_t BuildingFarm::Builds(std::string const& name) {
  absl::StatusOr<std::vector<ListedContainer>> const builds = engine_->RunningBuilds(name);
  EXPECT_OK(builds);
  return builds.ok() ? builds->size() : 0;
}

void BuildingFarm::LetGo(std::string const& name) { ASSERT_OK(engine_->LetGo(name)); }

std::string BuildingFarm::LogOf(json const& job, std::vector<std::string> const& options) const {
  std::vector<std::string> arguments = {"logs", job["id"].dump()};
  arguments.insert(arguments.end(), options.begin(), options.end());
  absl::StatusOr<SubprocessResult> const log = farm_.Client(arguments);
  EXPECT_OK(log);
  return log.ok() ? log->output : "";
}

std::string BuildingFarm::LastLine(json const& job) const {
  json const built = farm_.Job(job["id"]);
  return absl::StrCat(built.value("sha256", "no digest"), "  ", built.value("file_name", ""), "\n");
}

}  // namespace probefarm
