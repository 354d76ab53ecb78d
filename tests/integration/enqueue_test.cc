// Single jobs by the command line, and what a watcher sees of them.
#include <csignal>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class EnqueueTest : public SmallFarm {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}, {.abi = 2}})); }

  // As somebody types it on a host with kernel `abi`.
  static std::vector<std::string> ForHost(int abi) {
    return {"enqueue",
            "--driver",
            "8.0.0+driver",
            "--release",
            ReleaseOf({.abi = abi}),
            "--version",
            absl::StrCat("#1 SMP PREEMPT_DYNAMIC Debian 6.1.", abi, "-1 (2026-01-01)")};
  }
  json AskForHost(int abi, std::vector<std::string> const& more = {}) {
    std::vector<std::string> line = ForHost(abi);
    line.insert(line.end(), more.begin(), more.end());
    absl::StatusOr<json> answers = farm_.Ask(line);
    EXPECT_OK(answers);
    return answers.ok() ? answers->at(0) : json();
  }
  std::string Write(std::string const& name, std::string const& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  // What `watch` has printed, a document each line.
  static std::vector<json> Lines(RunningProgram const& watcher) {
    std::vector<json> lines;
    for (absl::string_view const line : absl::StrSplit(watcher.output(), '\n', absl::SkipEmpty()))
      lines.push_back(json::parse(line, nullptr, false));
    return lines;
  }
};

TEST_F(EnqueueTest, AHostsProbeIsEnqueuedOnce) {
  json const first = AskForHost(1);
  EXPECT_EQ(first["joined"], false);
  json const job = farm_.Job(first["job"]);
  EXPECT_EQ(job["state"], "queued");
  EXPECT_EQ(job["file_name"], "falco_debian_6.1.1-1-cloud-amd64_1.ko");
  json const again = AskForHost(1);
  EXPECT_EQ(again["job"], first["job"]);
  EXPECT_EQ(again["joined"], true);
  EXPECT_NE(AskForHost(1, {"--kind", "bpf"})["job"], first["job"]);
}

TEST_F(EnqueueTest, WhatAJobsListPrintsIsEnqueuedAgain) {
  std::vector<json> const jobs = Backfill();
  for (json const& job : jobs) ASSERT_OK(farm_.Client({"cancel", job["id"].dump()}));
  ASSERT_OK_AND_ASSIGN(json const cancelled, farm_.Ask({"jobs", "--state", "cancelled"}));
  ASSERT_OK_AND_ASSIGN(json const answers,
                       farm_.Ask({"enqueue", "--probes", Write("jobs.json", cancelled.dump())}));
  EXPECT_EQ(answers.size(), jobs.size());
  for (json const& answer : answers) EXPECT_GT(answer["job"], jobs.back()["id"]);
}

TEST_F(EnqueueTest, EachRefusalIsNamedAndTheRestIsEnqueued) {
  json const probe = {{"driver_version", "8.0.0+driver"},
                      {"target", "debian"},
                      {"kernel_release", "6.1.1-1-cloud-amd64"},
                      {"kernel_version", "1"},
                      {"arch", "x86_64"},
                      {"kind", "bpf"}};
  json unknown = probe;
  unknown["kernel_release"] = "5.4.0-none";
  std::string const file = Write("probes.json", json({unknown, probe}).dump());
  ASSERT_OK_AND_ASSIGN(SubprocessResult const result, farm_.Client({"enqueue", "--probes", file}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, AllOf(HasSubstr("no feed has the kernel"), HasSubstr("enqueued")));
  EXPECT_THAT(result.errors, HasSubstr("1 of 2 were refused"));
}

TEST_F(EnqueueTest, ASpecIsOnlyTakenWhereTheConfigurationSaysSo) {
  json const job = AskForHost(1);
  ASSERT_OK_AND_ASSIGN(SubprocessResult const spec,
                       farm_.Client({"job", job["job"].dump(), "--spec"}));
  std::string const file = Write("spec.json", spec.output);
  ASSERT_OK_AND_ASSIGN(SubprocessResult refused, farm_.Client({"enqueue", "--spec", file}));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("jobs.accept_specs"));
  config_.more = "jobs: {accept_specs: true}\n";
  ASSERT_NO_FATAL_FAILURE(StartCoordinator());
  ASSERT_OK_AND_ASSIGN(json const answers, farm_.Ask({"enqueue", "--spec", file}));
  EXPECT_EQ(answers[0]["job"], job["job"]) << "it joins";
}

TEST_F(EnqueueTest, AKeyIsAnsweredTheSameAfterARestart) {
  json const first = AskForHost(1, {"--key", "k"});
  ASSERT_OK(farm_.Client({"cancel", first["job"].dump()}));
  ASSERT_OK(farm_.StartCoordinator());
  EXPECT_EQ(AskForHost(1, {"--key", "k"}), first);
}

TEST_F(EnqueueTest, AFileThatCannotBeReadIsNamed) {
  ASSERT_OK_AND_ASSIGN(SubprocessResult result, farm_.Client({"enqueue", "--probes", "/none"}));
  EXPECT_THAT(result.errors, HasSubstr("/none"));
  ASSERT_OK_AND_ASSIGN(result, farm_.Client({"enqueue", "--probes", Write("x", "[7]")}));
  EXPECT_THAT(result.errors, AllOf(HasSubstr("/x"), HasSubstr("[0]")));
  ASSERT_OK_AND_ASSIGN(result, farm_.Client({"enqueue"}));
  EXPECT_THAT(result.errors, HasSubstr("--release"));
}

TEST_F(EnqueueTest, AWatcherSeesEveryChangeAndGoesOnAfterARestart) {
  ASSERT_OK_AND_ASSIGN(auto watcher, farm_.StartClient("watch", {"watch", "-o", "json"}));
  ASSERT_OK(WaitUntil("the watcher begins", [&] { return Lines(*watcher).size() == 1; }));
  json const job = AskForHost(1);
  ASSERT_OK(WaitUntil("the job is seen", [&] { return Lines(*watcher).size() == 2; }));
  json const seen = Lines(*watcher)[1];
  EXPECT_EQ(seen["job"]["id"], job["job"]);
  EXPECT_EQ(seen["job"]["state"], "queued");
  farm_.coordinator().Signal(SIGTERM);
  EXPECT_EQ(ExitCodeOf(*watcher), 3);
  std::string const go_on = absl::StrCat("--since ", seen["revision"].dump());
  EXPECT_THAT(watcher->errors(), HasSubstr(go_on));
  ASSERT_OK(farm_.StartCoordinator());
  ASSERT_OK(farm_.Client({"cancel", job["job"].dump()}));
  ASSERT_OK_AND_ASSIGN(watcher, farm_.StartClient("again", {"watch", "-o", "json", "--since",
                                                            seen["revision"].dump()}));
  ASSERT_OK(WaitUntil("the change is seen", [&] { return !Lines(*watcher).empty(); }));
  EXPECT_EQ(Lines(*watcher)[0]["job"]["state"], "cancelled");
}

}  // namespace
}  // namespace probefarm
