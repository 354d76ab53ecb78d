// What a backfill refuses, and what it leaves out.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"
#include "tests/testing/farm/free_port.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class BackfillTest : public SmallFarm {
 protected:
  // Wrong usage, said in words that hold all of `says`; nothing is enqueued.
  void ExpectRefused(std::vector<std::string> filter, std::vector<std::string> const& says) {
    filter.insert(filter.begin(), "backfill");
    ASSERT_OK_AND_ASSIGN(SubprocessResult const result, farm_.Client(filter));
    EXPECT_EQ(result.exit_code, 2);
    for (std::string const& text : says) EXPECT_THAT(result.errors, HasSubstr(text));
    EXPECT_EQ(Jobs(), 0U);
  }

  size_t Jobs() const {
    absl::StatusOr<json> const jobs = farm_.Ask({"jobs"});
    EXPECT_OK(jobs);
    return jobs.ok() ? jobs->size() : 0;
  }
};

TEST_F(BackfillTest, RefusesWhatItDoesNotKnow) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ExpectRefused({"--driver", "8.0.1+driver"}, {"8.0.1+driver", "8.0.0+driver"});
  ExpectRefused({"--target", "debain"}, {"debain", "debian"});
  ExpectRefused({"--kernel", "6.1(.0"}, {"6.1(.0", "missing )"});
}

TEST_F(BackfillTest, BeforeAnyFeedIsReadItSaysSo) {
  config_.mirror = absl::StrCat("http://127.0.0.1:", FreePort());
  config_.keyring = folder_.Write("keyring.gpg", "");
  ASSERT_NO_FATAL_FAILURE(StartCoordinator());
  ASSERT_OK_AND_ASSIGN(SubprocessResult const result, farm_.Client({"backfill"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("no kernel feed has been read"), HasSubstr("status")));
  ASSERT_OK(WaitUntil("the status shows the feed's error", [this] {
    absl::StatusOr<json> const status = farm_.Ask({"status"});
    return status.ok() && !(*status)["feeds"].empty() &&
           absl::StrContains((*status)["feeds"][0].value("error", ""), config_.mirror);
  }));
}

TEST_F(BackfillTest, LeavesOutAKernelWithoutItsHeadersAndNamesThePackage) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}, {.abi = 2, .without_common = true}}));
  ASSERT_OK_AND_ASSIGN(json const kernels, farm_.Ask({"kernels"}));
  ASSERT_EQ(kernels.size(), 2U);
  EXPECT_THAT(kernels[0].value("missing", ""), HasSubstr("linux-headers-6.1.0-2-common"));
  EXPECT_EQ(kernels[1].value("missing", ""), "");
  ASSERT_OK_AND_ASSIGN(json const answer, farm_.Ask({"backfill"}));
  EXPECT_EQ(answer["enqueued"], 2);
  EXPECT_EQ(answer["excluded_total"], 2);
  EXPECT_THAT(answer["excluded"][0]["reason"]["text"].get<std::string>(),
              HasSubstr("linux-headers-6.1.0-2-common"));
}

TEST_F(BackfillTest, ADryRunEnqueuesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_OK_AND_ASSIGN(json const answer, farm_.Ask({"backfill", "--dry-run"}));
  EXPECT_EQ(answer["enqueued"], 2);
  EXPECT_EQ(Jobs(), 0U);
}

TEST_F(BackfillTest, WhatIsQueuedAlreadyIsJoined) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}, {.abi = 2}}));
  EXPECT_EQ(Backfill({"--newest", "1"}).size(), 2U);
  ASSERT_OK_AND_ASSIGN(json const answer, farm_.Ask({"backfill"}));
  EXPECT_EQ(answer["enqueued"], 2);
  EXPECT_EQ(answer["joined"], 2);
  EXPECT_EQ(Jobs(), 4U);
}

TEST_F(BackfillTest, AJobThatNobodyBuildsIsExplained) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  std::vector<json> const jobs = Backfill();
  ASSERT_EQ(jobs.size(), 2U);
  ASSERT_OK_AND_ASSIGN(SubprocessResult const said,
                       farm_.Client({"explain", jobs[1]["id"].dump()}));
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_THAT(said.output, AllOf(HasSubstr("queued"), HasSubstr("  no worker is connected\n"),
                                 HasSubstr("  1 job ahead in its lane\n")));
  ASSERT_OK_AND_ASSIGN(json const told, farm_.Ask({"explain", jobs[0]["id"].dump()}));
  EXPECT_EQ(told["reasons"].at(0)["code"], "no_worker");
  EXPECT_EQ(told["job"]["id"], jobs[0]["id"]);
}

}  // namespace
}  // namespace probefarm
