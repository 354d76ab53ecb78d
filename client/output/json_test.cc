#include "client/output/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Json, AJobHasNumbersAndNamesAndLeavesOutWhatIsNotThere) {
  v1::Job job;
  job.set_id(7);
  job.set_state(v1::FAILED);
  job.mutable_probe()->set_kind(v1::KIND_KMOD);
  job.mutable_reason()->set_code("compiler_error");
  std::string const text = Print(ToJson(job));
  EXPECT_THAT(text, HasSubstr("\"id\": 7,"));
  EXPECT_THAT(text, HasSubstr("\"state\": \"failed\""));
  EXPECT_THAT(text, HasSubstr("\"kind\": \"kmod\""));
  EXPECT_THAT(text, HasSubstr("\"code\": \"compiler_error\""));
  EXPECT_THAT(text, Not(HasSubstr("sha256")));
}

TEST(Json, AWorkerHasItsDiskAndBuildersWhereItTold) {
  v1::Worker worker;
  EXPECT_THAT(Print(ToJson(worker)), Not(HasSubstr("free_disk_bytes")));
  EXPECT_THAT(Print(ToJson(worker)), Not(HasSubstr("builders")));
  worker.mutable_capabilities()->set_free_disk_bytes(5000);
  worker.mutable_capabilities()->add_builders("sha256:a");
  EXPECT_EQ(ToJson(worker)["free_disk_bytes"], 5000);
  EXPECT_EQ(ToJson(worker)["builders"], nlohmann::ordered_json({"sha256:a"}));
}

TEST(Json, AWithdrawalHasItsReasonAndLeavesOutWhatARecalledOneDoesNotKnow) {
  v1::WithdrawProbeResponse response;
  response.set_already(true);
  response.mutable_withdrawn()->set_reason("does not load");
  response.mutable_withdrawn()->mutable_probe()->set_asset_name("a.o");
  nlohmann::ordered_json const json = ToJson(response);
  EXPECT_EQ(json["asset_name"], "a.o");
  EXPECT_EQ(json["reason"], "does not load");
  EXPECT_EQ(json["already"], true);
  EXPECT_EQ(json["removed"], false);
  EXPECT_FALSE(json.contains("url"));
  EXPECT_FALSE(json.contains("job"));
  EXPECT_FALSE(json.contains("inputs"));
}

TEST(Json, BytesThatAreNotUtf8DoNotStopThePrinting) {
  EXPECT_THAT(Print({{"text", "a\xff"}}), HasSubstr("a\xEF\xBF\xBD"));
}

}  // namespace
}  // namespace probefarm
