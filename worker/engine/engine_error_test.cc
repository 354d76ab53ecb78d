#include "worker/engine/engine_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Le;
using testing::Not;

HttpResponse Answer(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

// As Podman 4.3 answers.
constexpr char kTwin[] =
    R"({"cause":"that name is already in use","message":"container create: creating container )"
    R"(storage: the container name \"twin\" is already in use by 1a1da02. You have to remove that )"
    R"(container to be able to reuse that name: that name is already in use","response":500})";
constexpr char kEnded[] =
    R"({"cause":"container state improper","message":"can only kill running containers. 1453870 )"
    R"(is in state exited: container state improper","response":500})";

TEST(EngineError, KnowsATakenNameOfEitherEngine) {
  EXPECT_TRUE(IsNameTaken(Answer(409, R"({"message":"Conflict. The name is already in use"})")));
  EXPECT_TRUE(IsNameTaken(Answer(500, kTwin)));
  EXPECT_FALSE(IsNameTaken(Answer(500, kEnded)));
  EXPECT_FALSE(IsNameTaken(Answer(201, kTwin)));
  EXPECT_FALSE(IsNameTaken(Answer(500, "that name is already in use")));
}

TEST(EngineError, KnowsWhatCannotBeKilledOfEitherEngine) {
  EXPECT_TRUE(DoesNotRun(Answer(409, R"({"message":"Container c1 is not running"})")));
  EXPECT_TRUE(DoesNotRun(Answer(500, kEnded)));
  EXPECT_FALSE(DoesNotRun(Answer(500, kTwin)));
}

TEST(EngineError, MapsTheHttpStatus) {
  struct {
    int http;
    absl::StatusCode code;
  } const cases[] = {
      {400, absl::StatusCode::kInvalidArgument},    {404, absl::StatusCode::kNotFound},
      {403, absl::StatusCode::kFailedPrecondition}, {409, absl::StatusCode::kFailedPrecondition},
      {304, absl::StatusCode::kFailedPrecondition}, {500, absl::StatusCode::kInternal},
      {503, absl::StatusCode::kUnavailable},        {0, absl::StatusCode::kInternal},
      {999, absl::StatusCode::kInternal},
  };
  for (auto const& c : cases) {
    EXPECT_EQ(EngineErrorToStatus(Answer(c.http, "{}"), "x").code(), c.code) << c.http;
  }
}

TEST(EngineError, SaysWhatWasDoneAndWhyItFailed) {
  EXPECT_THAT(
      EngineErrorToStatus(Answer(404, R"({"message":"No such container: x"})"), "kill container x"),
      StatusIs(absl::StatusCode::kNotFound,
               "kill container x: the container engine answers 404: No such container: x"));
}

TEST(EngineError, KnowsAFullDiskWhateverTheHttpStatus) {
  constexpr char kFull[] = R"({"message":"write /var/lib/docker/x: no space left on device"})";
  for (int const http : {400, 404, 409, 500, 503}) {
    EXPECT_THAT(EngineErrorToStatus(Answer(http, kFull), "x"),
                StatusIs(absl::StatusCode::kResourceExhausted));
  }
  EXPECT_THAT(EngineReasonToStatus("write /layer: No space left on device", "load image"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("load image")));
  EXPECT_THAT(EngineReasonToStatus("unexpected EOF", "load image"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("unexpected EOF")));
}

TEST(EngineError, FindsAReasonInWhatIsNotTheApis) {
  EXPECT_EQ(EngineReason(""), "it gives no reason");
  EXPECT_EQ(EngineReason(" \n"), "it gives no reason");
  EXPECT_EQ(EngineReason("<html>502 Bad Gateway</html>\n"), "<html>502 Bad Gateway</html>");
  EXPECT_EQ(EngineReason(R"({"message":7})"), R"({\"message\":7})");
  EXPECT_EQ(EngineReason(R"({"message":)"), R"({\"message\":)");
  EXPECT_EQ(EngineReason(R"({"cause":"c","message":"volume is in use","response":409})"),
            "volume is in use");
}

TEST(EngineError, BoundsAndEscapesTheReason) {
  EXPECT_THAT(EngineReason(std::string(1 << 20, 'x')).size(), Le(500));
  EXPECT_THAT(EngineReason(std::string("a\x1b[31m\0b\nc", 10)),
              AllOf(HasSubstr("\\x1b"), Not(HasSubstr("\n"))));
}

}  // namespace
}  // namespace probefarm
