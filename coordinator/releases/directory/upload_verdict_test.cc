#include "coordinator/releases/directory/upload_verdict.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace probefarm {
namespace {

using ::testing::HasSubstr;

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);

UploadOutcome Interpret(int status, std::string body = "") {
  return InterpretVerdict("a.o", {.http_status = status, .body = std::move(body)}, kNow);
}

TEST(UploadVerdict, IsAcceptedWhenTheBytesAreStoredOrWereBefore) {
  for (int const status : {200, 201}) {
    UploadOutcome const outcome = Interpret(status);
    ASSERT_TRUE(std::holds_alternative<UploadAccepted>(outcome)) << status;
    EXPECT_EQ(std::get<UploadAccepted>(outcome).asset_name, "a.o");
  }
}

TEST(UploadVerdict, AsksForAnotherGrantWhenNothingArrived) {
  for (int const status : {0, 404, 410, 422, 500, 502, 503})
    EXPECT_TRUE(std::holds_alternative<UploadRetry>(Interpret(status))) << status;
}

TEST(UploadVerdict, RefusesForGoodOnlyWhenOtherBytesHaveTheName) {
  UploadOutcome const outcome = Interpret(409, R"({"error":"other bytes"})");
  ASSERT_TRUE(std::holds_alternative<UploadRefused>(outcome));
  EXPECT_THAT(std::get<UploadRefused>(outcome).why, HasSubstr("other bytes"));
}

TEST(UploadVerdict, WaitsWhenThereIsNoRoomOrSomebodyElseAnswered) {
  for (int const status : {507, 401, 403, 413, 429, 302}) {
    UploadOutcome const outcome = Interpret(status);
    ASSERT_TRUE(std::holds_alternative<WaitUntil>(outcome)) << status;
    EXPECT_GT(std::get<WaitUntil>(outcome).not_before, kNow);
  }
}

TEST(UploadVerdict, DescribesWhatIsStored) {
  UploadVerdict const verdict =
      StoredVerdict({.asset_name = "a.o", .url = "http://h/a.o", .sha256 = "ab", .size = 5}, false);
  EXPECT_EQ(verdict.http_status, 201);
  EXPECT_EQ(verdict.json, R"({"name":"a.o","size":5,"digest":"sha256:ab","url":"http://h/a.o"})");
  EXPECT_EQ(StoredVerdict({}, true).http_status, 200);
}

TEST(UploadVerdict, SurvivesTextThatIsNotUtf8) {
  EXPECT_TRUE(nlohmann::json::accept(ErrorVerdict(422, "a\xff").json));
}

TEST(UploadVerdict, TellsNoPathsToClients) {
  EXPECT_EQ(TroubleVerdict(absl::ResourceExhaustedError("write /srv/x")).http_status, 507);
  EXPECT_EQ(TroubleVerdict(absl::PermissionDeniedError("open /srv/x")).http_status, 500);
  EXPECT_EQ(TroubleVerdict(absl::PermissionDeniedError("/srv/x")).json.find("/srv"),
            std::string::npos);
}

}  // namespace
}  // namespace probefarm
