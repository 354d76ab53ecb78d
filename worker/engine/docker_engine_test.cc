#include "worker/engine/docker_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"
#include "worker/engine/engine_error.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kEnded[] =
    R"({"State":{"Status":"exited","Running":false,"OOMKilled":false,"ExitCode":3}})";

bool Never() { return false; }

struct Sent {
  std::string line;  // method and what follows the version
  std::string body;
  HttpRequest request;
};

// What an engine answers and what it was sent; shared with the client that the engine owns.
struct Script {
  std::deque<absl::StatusOr<HttpResponse>> answers;
  size_t piece = 1 << 20;  // how an answer's body comes to a sink
  std::vector<Sent> sent;
};

class ScriptedHttpClient final : public HttpClient {
 public:
  explicit ScriptedHttpClient(Script* script) : script_(*script) {}

  absl::StatusOr<HttpResponse> Send(HttpRequest const& request) override {
    absl::string_view target = request.url;
    EXPECT_TRUE(absl::ConsumePrefix(&target, "http://engine/v1.40")) << request.url;
    Sent sent{absl::StrCat(request.method, " ", target), request.body, request};
    if (request.body_source) {
      ASSIGN_OR_RETURN(sent.body, Drain(request.body_source));
    }
    script_.sent.push_back(std::move(sent));
    if (script_.answers.empty()) return absl::UnavailableError("connection refused");
    absl::StatusOr<HttpResponse> answer = std::move(script_.answers.front());
    script_.answers.pop_front();
    if (answer.ok() && request.sink && answer->status == 200) {
      RETURN_IF_ERROR(Give(std::exchange(answer->body, ""), request.sink));
    }
    return answer;
  }

 private:
  static absl::StatusOr<std::string> Drain(BodySource const& source) {
    std::string body;
    char buffer[5];
    while (true) {
      ASSIGN_OR_RETURN(size_t const got, source(buffer, sizeof(buffer)));
      if (got == 0) return body;
      body.append(buffer, got);
    }
  }

  absl::Status Give(absl::string_view body, BodySink const& sink) const {
    for (; !body.empty(); body.remove_prefix(std::min(script_.piece, body.size()))) {
      RETURN_IF_ERROR(sink(body.substr(0, script_.piece)));
    }
    return absl::OkStatus();
  }

  Script& script_;
};

class DockerEngineTest : public testing::Test {
 protected:
  void Answer(int status, std::string body = "") {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    script_.answers.push_back(std::move(response));
  }

  std::vector<std::string> SentLines() const {
    std::vector<std::string> lines;
    for (Sent const& sent : script_.sent) lines.push_back(sent.line);
    return lines;
  }

  Script script_;
  DockerEngine engine_{std::make_unique<ScriptedHttpClient>(&script_), "/run/engine.sock",
                       DockerEngineOptions{}};
};

TEST_F(DockerEngineTest, NamesTheSocketOfAnEngineThatDoesNotAnswer) {
  auto const unreachable =
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("/run/engine.sock"), HasSubstr("connection refused"),
                     HasSubstr("see that it runs")));
  EXPECT_THAT(engine_.Version(), unreachable);
  EXPECT_THAT(engine_.StartContainer("c1"), unreachable);
  EXPECT_THAT(engine_.KillContainer("c1"), unreachable);
  EXPECT_THAT(engine_.WaitContainer("c1", absl::Minutes(1), Never), unreachable);
  EXPECT_THAT(engine_.StartContainer("c1"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("start container c1")));
}

TEST_F(DockerEngineTest, RefusesAnswersThatAreGarbage) {
  Answer(200, "<html>");
  EXPECT_THAT(engine_.Version(), StatusIs(absl::StatusCode::kInternal));
  Answer(201, "{}");
  EXPECT_THAT(engine_.CreateContainer({}), StatusIs(absl::StatusCode::kInternal));
  Answer(200, "[{]");
  EXPECT_THAT(engine_.ListContainers(""), StatusIs(absl::StatusCode::kInternal));
  Answer(200, "");
  EXPECT_THAT(engine_.ListVolumes(""), StatusIs(absl::StatusCode::kInternal));
}

TEST_F(DockerEngineTest, AsksForOneImage) {
  Answer(200, "{}");
  Answer(404, R"({"message":"No such image"})");
  Answer(500, R"({"message":"broken"})");
  EXPECT_TRUE(*engine_.HasImage("sha256:ab"));
  EXPECT_FALSE(*engine_.HasImage("sha256:ab"));
  EXPECT_THAT(engine_.HasImage("sha256:ab"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(SentLines()[0], "GET /images/sha256%3Aab/json");
}

TEST_F(DockerEngineTest, LoadsAnImageAndFindsAnErrorInsideAGoodAnswer) {
  TemporaryFolder const folder;
  std::string const path = folder.Write("image.tar", "archive bytes");
  Answer(200, "{\"stream\":\"Loaded image\"}\r\n");
  EXPECT_OK(engine_.LoadImage(path));
  EXPECT_EQ(script_.sent[0].line, "POST /images/load?quiet=1");
  EXPECT_EQ(script_.sent[0].body, "archive bytes");
  EXPECT_EQ(script_.sent[0].request.body_size, 13);
  Answer(200, R"({"error":"write: no space left on device"})");
  EXPECT_THAT(engine_.LoadImage(path),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(path)));
}

TEST_F(DockerEngineTest, CreatesAContainerUnderItsName) {
  ContainerSpec spec;
  spec.name = "job 7";
  spec.image = "sha256:1";
  Answer(201, R"({"Id":"c1","Warnings":[]})");
  EXPECT_EQ(*engine_.CreateContainer(spec), "c1");
  EXPECT_EQ(script_.sent[0].line, "POST /containers/create?name=job%207");
  EXPECT_THAT(script_.sent[0].body, HasSubstr(R"("Image":"sha256:1")"));
  EXPECT_THAT(script_.sent[0].request.headers,
              ElementsAre(testing::Pair("Content-Type", "application/json")));
}

TEST_F(DockerEngineTest, TellsATakenNameFromOtherConflicts) {
  Answer(409, R"({"message":"Conflict. The name \"/a\" is already in use"})");
  EXPECT_THAT(engine_.CreateContainer({}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("already in use")));
  Answer(409, R"({"message":"volume is in use - [c1]"})");
  EXPECT_THAT(engine_.RemoveVolume("v"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("volume is in use")));
}

TEST_F(DockerEngineTest, WhatIsDoneAlreadyIsNoError) {
  Answer(304);
  EXPECT_OK(engine_.StartContainer("c1"));
  Answer(409, R"({"message":"Container c1 is not running"})");
  EXPECT_OK(engine_.KillContainer("c1"));
  Answer(404);
  EXPECT_OK(engine_.KillContainer("c1"));
  Answer(404);
  EXPECT_OK(engine_.RemoveContainer("c1"));
  Answer(404);
  EXPECT_OK(engine_.RemoveVolume("v"));
  EXPECT_THAT(SentLines(),
              ElementsAre("POST /containers/c1/start", "POST /containers/c1/kill?signal=KILL",
                          "POST /containers/c1/kill?signal=KILL",
                          "DELETE /containers/c1?v=1&force=1", "DELETE /volumes/v"));
}

TEST_F(DockerEngineTest, SelectsByLabelOrListsAll) {
  Answer(200, "[]");
  EXPECT_OK(engine_.ListContainers("io.probefarm.worker=w1"));
  Answer(200, R"({"Volumes":null})");
  EXPECT_OK(engine_.ListVolumes(""));
  EXPECT_THAT(SentLines(), ElementsAre("GET /containers/json?all=1&filters=%7B%22label%22%3A%5B%22"
                                       "io.probefarm.worker%3Dw1%22%5D%7D",
                                       "GET /volumes?filters=%7B%7D"));
}

TEST_F(DockerEngineTest, WaitsAsLongAsItIsToldThenAsksHowItEnded) {
  Answer(200, R"({"StatusCode":3})");
  Answer(200, kEnded);
  EXPECT_EQ(engine_.WaitContainer("c1", absl::Minutes(20), Never)->code, 3);
  EXPECT_THAT(SentLines(), ElementsAre("POST /containers/c1/wait", "GET /containers/c1/json"));
  HttpRequest const& wait = script_.sent[0].request;
  EXPECT_EQ(wait.total_timeout, absl::Minutes(20));
  EXPECT_EQ(wait.idle_timeout, absl::InfiniteDuration());
  EXPECT_TRUE(wait.cancelled);
}

TEST_F(DockerEngineTest, DoesNotBelieveAnEndOfWhatStillRuns) {
  Answer(200, R"({"StatusCode":0})");
  Answer(200, R"({"State":{"Status":"running","Running":true,"ExitCode":0}})");
  EXPECT_THAT(engine_.WaitContainer("c1", absl::Minutes(1), Never),
              StatusIs(absl::StatusCode::kInternal));
}

TEST_F(DockerEngineTest, FollowsALogThatIsSilentForLong) {
  std::string const frame("\x01\0\0\0\0\0\0\x03out", 11);
  for (script_.piece = 1; script_.piece <= frame.size(); ++script_.piece) {
    Answer(200, frame);
    std::string log;
    EXPECT_OK(engine_.FollowLogs(
        "c1",
        [&](absl::string_view bytes) {
          absl::StrAppend(&log, bytes);
          return absl::OkStatus();
        },
        Never));
    EXPECT_EQ(log, "out");
  }
  EXPECT_EQ(script_.sent[0].line, "GET /containers/c1/logs?follow=1&stdout=1&stderr=1");
  EXPECT_EQ(script_.sent[0].request.idle_timeout, absl::InfiniteDuration());
  EXPECT_LT(script_.sent[0].request.total_timeout, absl::InfiniteDuration());
}

TEST_F(DockerEngineTest, RefusesALogThatIsGarbageOrCutOff) {
  auto const ignore = [](absl::string_view) { return absl::OkStatus(); };
  Answer(200, "plain text");
  EXPECT_THAT(engine_.FollowLogs("c1", ignore, Never),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("log of container c1")));
  Answer(200, std::string("\x01\0\0\0\0\0\0\x09half", 12));
  EXPECT_THAT(engine_.FollowLogs("c1", ignore, Never),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("inside a frame")));
}

TEST_F(DockerEngineTest, ACallersErrorIsNotTakenForTheEngines) {
  absl::Status const callers = absl::UnavailableError("coordinator is away");
  Answer(200, std::string("\x01\0\0\0\0\0\0\x01x", 9));
  EXPECT_EQ(engine_.FollowLogs(
                "c1", [&](absl::string_view) { return callers; }, Never),
            callers);
  Answer(200, "tar");
  EXPECT_EQ(engine_.GetArchive("c1", "/out", [&](absl::string_view) { return callers; }), callers);
  EXPECT_EQ(engine_.PutArchive("c1", "/in",
                               [&](char*, size_t) -> absl::StatusOr<size_t> { return callers; }),
            callers);
}

TEST_F(DockerEngineTest, PutsAndGetsArchivesWithRoomForSilence) {
  bool given = false;
  Answer(200);
  EXPECT_OK(
      engine_.PutArchive("c1", "/kernel", [&](char* buffer, size_t) -> absl::StatusOr<size_t> {
        if (std::exchange(given, true)) return 0;
        return std::string("tar").copy(buffer, 3);
      }));
  EXPECT_EQ(script_.sent[0].line, "PUT /containers/c1/archive?path=%2Fkernel");
  EXPECT_EQ(script_.sent[0].body, "tar");
  EXPECT_EQ(script_.sent[0].request.body_size, -1);
  EXPECT_EQ(script_.sent[0].request.idle_timeout, DockerEngineOptions{}.transfer_idle_timeout);
  Answer(404, R"({"message":"Could not find the file /x"})");
  EXPECT_THAT(engine_.GetArchive("c1", "/x", [](absl::string_view) { return absl::OkStatus(); }),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("Could not find the file /x")));
}

TEST_F(DockerEngineTest, TellsAMissingPathFromAMissingContainer) {
  Answer(200);
  EXPECT_TRUE(*engine_.PathExists("c1", "/x"));
  Answer(404);
  Answer(200, kEnded);
  EXPECT_FALSE(*engine_.PathExists("c1", "/x"));
  Answer(404);
  Answer(404, R"({"message":"No such container: c1"})");
  EXPECT_THAT(engine_.PathExists("c1", "/x"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(SentLines()[0], "HEAD /containers/c1/archive?path=%2Fx");
}

TEST_F(DockerEngineTest, KeepsTheReasonOfACallThatTookTooLong) {
  script_.answers.push_back(absl::DeadlineExceededError("POST: 2m passed"));
  EXPECT_THAT(engine_.StartContainer("c1"),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("start container c1: POST")));
}

TEST(MakeDockerEngine, NamesAnAddressThatIsNoSocket) {
  EXPECT_THAT(MakeDockerEngine("tcp://localhost:2375"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tcp://localhost:2375")));
}

TEST(MakeDockerEngine, NamesASocketThatIsNotThere) {
  ASSERT_OK_AND_ASSIGN(auto const engine, MakeDockerEngine("unix:///nonexistent/engine.sock"));
  EXPECT_THAT(engine->Version(), StatusIs(absl::StatusCode::kUnavailable,
                                          HasSubstr("/nonexistent/engine.sock does not answer")));
}

}  // namespace
}  // namespace probefarm
