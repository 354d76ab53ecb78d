// Crashes between the digest, which is known, and the asset, which may or may not have arrived.
#include <csignal>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"
#include "tests/testing/farm/upload_gate.h"

namespace probefarm {
namespace {

using nlohmann::json;
using Uploads = UploadGate::Uploads;

class UploadTest : public BuildingFarm {
 protected:
  UploadTest() { config_.more = absl::StrCat("http: {public_url: \"", gate_.url(), "\"}\n"); }

  // A job of which the gate has stopped the upload.
  json JobInUpload(RunningProgram const& worker) {
    json const job = BackfillOne({"--kind", "kmod"});
    EXPECT_OK(WaitUntil("an upload is stopped", [this] { return gate_.stopped() > 0; }))
        << worker.errors() << farm_.coordinator_log();
    EXPECT_EQ(farm_.Job(job["id"])["state"], "uploading");
    return job;
  }

  void ExpectPublished(json const& job, int epoch, std::string const& worker) {
    ASSERT_OK(farm_.WaitForState(job["id"], "published"));
    json const published = farm_.Job(job["id"]);
    EXPECT_EQ(published["epoch"], epoch);
    EXPECT_EQ(published["worker"], engine_->WorkerId(worker));
    EXPECT_EQ(Published(), 1);
  }

  UploadGate gate_{farm_.http(), Uploads::kPass};
};

TEST_F(UploadTest, WhatAKilledWorkerDidNotUploadIsBuiltByAnother) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  gate_.Set(Uploads::kLost);
  auto const first = StartWorker("first");
  json const job = JobInUpload(*first);
  first->Signal(SIGKILL);
  gate_.Set(Uploads::kPass);
  auto const second = StartWorker("second");
  ExpectPublished(job, 2, "second");
  EXPECT_EQ(farm_.Job(job["id"])["attempts"], 1);
}

TEST_F(UploadTest, WhatAKilledWorkerDidUploadIsPublishedAsItsOwn) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  gate_.Set(Uploads::kUnanswered);
  auto const first = StartWorker("first");
  json const job = JobInUpload(*first);
  first->Signal(SIGKILL);
  ExpectPublished(job, 1, "first");
}

TEST_F(UploadTest, AnUploadIsGrantedAgainByARestartedCoordinator) {
  config_.ttl = "30s";
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  gate_.Set(Uploads::kWait);
  auto const worker = StartWorker("w");
  json const job = JobInUpload(*worker);
  farm_.coordinator().Signal(SIGKILL);
  ASSERT_OK(farm_.StartCoordinator());
  gate_.Set(Uploads::kPass);
  ExpectPublished(job, 1, "w");
}

TEST_F(UploadTest, AJobInUploadCannotBeCancelled) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  gate_.Set(Uploads::kWait);
  auto const worker = StartWorker("w");
  json const job = JobInUpload(*worker);
  ASSERT_OK_AND_ASSIGN(SubprocessResult const result, farm_.Client({"cancel", job["id"].dump()}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, testing::HasSubstr("uploading"));
  gate_.Set(Uploads::kPass);
  ExpectPublished(job, 1, "w");
}

}  // namespace
}  // namespace probefarm
