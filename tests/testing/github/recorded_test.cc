#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/http/http_client.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/github/recorded_github.h"

namespace probefarm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// testdata/recording.json was made up: a page with a Link, an upload, and a refusal as nock writes
// it raw.
class Recorded : public testing::Test {
 protected:
  void SetUp() override { Start(0); }

  void Start(int skip) {
    auto started = RecordedGitHub::Start(TEST_DATA_DIR "/recording.json", skip);
    ASSERT_TRUE(started.ok()) << started.status();
    github = *std::move(started);
  }

  HttpResponse Send(std::string const& method, std::string const& url,
                    std::string const& body = "") {
    HttpRequest request;
    request.method = method;
    request.url = url;
    request.body = body;
    auto response = http->Send(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : HttpResponse{};
  }

  std::unique_ptr<RecordedGitHub> github;
  std::unique_ptr<HttpClient> http = MakeHttpClient("test");
};

TEST_F(Recorded, AnswersStepByStepWithItsOwnUrls) {
  EXPECT_EQ(github->steps_left(), 3);
  HttpResponse const page = Send("GET", github->api_url() + "/repos/o/r/things?page=1&per_page=1");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("link"),
            absl::StrCat("<", github->api_url(), "/repositories/1/things?page=2>; rel=\"next\""));
  EXPECT_THAT(page.body, HasSubstr(absl::StrCat(github->uploads_url(), "/repos/o/r")));
  EXPECT_EQ(Send("POST", github->uploads_url() + "/repos/o/r/a?name=x&label=y", "Hi!\n").status,
            201);
  EXPECT_EQ(Send("POST", github->api_url() + "/repos/o/r/labels", R"({"b": 2, "a": 1})").status,
            422);
  EXPECT_EQ(github->steps_left(), 0);
  EXPECT_TRUE(github->complaints().empty());
}

TEST_F(Recorded, ComplainsOfAnyOtherRequest) {
  EXPECT_EQ(Send("GET", github->api_url() + "/repos/o/r/things?per_page=2&page=1").status, 501);
  EXPECT_EQ(Send("GET", github->uploads_url() + "/repos/o/r/things?per_page=1&page=1").status, 501);
  EXPECT_EQ(github->steps_left(), 3);
  EXPECT_THAT(github->complaints(),
              ElementsAre(HasSubstr("another query"), HasSubstr("another call")));
  Start(1);
  EXPECT_EQ(Send("POST", github->uploads_url() + "/repos/o/r/a?name=x&label=y", "Ho!\n").status,
            501);
  EXPECT_THAT(github->complaints(), ElementsAre(HasSubstr("another body")));
}

TEST_F(Recorded, HasNothingAfterTheLastStep) {
  Start(3);
  EXPECT_EQ(github->next_step(), "");
  EXPECT_EQ(Send("GET", github->api_url() + "/x").status, 501);
}

TEST_F(Recorded, NeedsARecording) {
  EXPECT_THAT(RecordedGitHub::Start("/nowhere"), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace probefarm
