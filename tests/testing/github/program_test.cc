#include <gmock/gmock.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "lib/files/temporary_folder.h"
#include "lib/http/http_client.h"
#include "tests/testing/farm/free_port.h"
#include "tests/testing/farm/running_program.h"
#include "tests/testing/farm/wait_until.h"

namespace probefarm {
namespace {

using Json = nlohmann::json;

// The program fake-github, as tests of the shipped programs start it.
class FakeGitHubProgram : public testing::Test {
 protected:
  // Its URLs. Four ports in a row are not always free: then another try.
  Json Start(std::vector<std::string> const& flags) {
    for (int attempt = 0; attempt < 20; ++attempt) {
      if (port == 0 || attempt > 0) port = FreePort();
      if (Json urls = TryStart(flags); urls.is_object()) return urls;
    }
    ADD_FAILURE() << "fake-github does not start: " << program->errors();
    return Json::object();
  }

  HttpResponse Send(std::string const& method, std::string const& url,
                    std::string const& body = "") {
    HttpRequest request;
    request.method = method;
    request.url = url;
    request.body = body;
    request.headers = {{"authorization", "Bearer secret"}};
    auto response = http->Send(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : HttpResponse{};
  }

  TemporaryFolder folder;
  int port = 0;
  std::unique_ptr<RunningProgram> program;
  std::unique_ptr<HttpClient> http = MakeHttpClient("test");

 private:
  Json TryStart(std::vector<std::string> const& flags) {
    std::vector<std::string> argv = {PROGRAM_DIR "/fake-github", "--port", absl::StrCat(port)};
    argv.insert(argv.end(), flags.begin(), flags.end());
    // Its output of this run alone.
    std::string const log = folder / absl::StrCat("log", ++runs_);
    auto started = RunningProgram::Start(argv, log);
    if (!started.ok()) return Json();
    program = *std::move(started);
    absl::Status const said =
        WaitUntil("its URLs", [&] { return !program->output().empty() || !program->running(); });
    EXPECT_TRUE(said.ok()) << said;
    return Json::parse(program->output(), nullptr, false);
  }

  int runs_ = 0;
};

TEST_F(FakeGitHubProgram, HasItsStateAgainAfterSigkill) {
  std::vector<std::string> const state = {"--state-dir", folder / "state"};
  std::vector<std::string> flags = {"--repository", "o/r", "--token", "secret"};
  flags.insert(flags.end(), state.begin(), state.end());
  Json const urls = Start(flags);
  std::string const releases = urls["api"].get<std::string>() + "/repos/o/r/releases";
  ASSERT_EQ(Send("POST", releases, R"({"tag_name": "1"})").status, 201);
  program->Signal(SIGKILL);
  EXPECT_TRUE(program->WaitForExit().ok());
  EXPECT_EQ(Start(state), urls);
  EXPECT_EQ(Send("GET", releases + "/tags/1").status, 200);
}

TEST_F(FakeGitHubProgram, TakesFaultsAsFlagsAndEndsInPeace) {
  Json const urls = Start({"--repository", "o/r", "--token", "secret", "--fault", "502", "--fault",
                           "429", "--list-lag", "30", "--manual-clock"});
  std::string const api = urls["api"];
  EXPECT_EQ(Send("GET", api + "/repos/o/r").status, 502);
  EXPECT_EQ(Send("GET", api + "/repos/o/r").status, 429);
  EXPECT_EQ(Send("POST", api + "/repos/o/r/releases", R"({"tag_name": "1"})").status, 201);
  EXPECT_EQ(Send("GET", api + "/repos/o/r/releases").body, "[]");
  Send("POST", api + "/_control/clock", R"({"advance_seconds": 30})");
  EXPECT_NE(Send("GET", api + "/repos/o/r/releases").body, "[]");
  program->Signal(SIGTERM);
  EXPECT_EQ(program->WaitForExit().value_or(-1), 0);
}

TEST_F(FakeGitHubProgram, RefusesARuleThatIsNone) {
  auto started =
      RunningProgram::Start({PROGRAM_DIR "/fake-github", "--fault", "often"}, folder / "refused");
  ASSERT_TRUE(started.ok());
  EXPECT_EQ((*started)->WaitForExit().value_or(-1), 1);
  EXPECT_THAT((*started)->errors(), testing::HasSubstr("often"));
}

TEST_F(FakeGitHubProgram, ReplaysAndSaysWhetherEveryStepWasAskedFor) {
  Json const urls = Start({"--replay", TEST_DATA_DIR "/recording.json", "--skip", "2"});
  Send("POST", urls["api"].get<std::string>() + "/repos/o/r/labels", R"({"a": 1, "b": 2})");
  program->Signal(SIGTERM);
  EXPECT_EQ(program->WaitForExit().value_or(-1), 0);
  Start({"--replay", TEST_DATA_DIR "/recording.json", "--skip", "2"});
  program->Signal(SIGTERM);
  EXPECT_EQ(program->WaitForExit().value_or(-1), 1);
}

}  // namespace
}  // namespace probefarm
