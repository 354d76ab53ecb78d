#include "coordinator/releases/github/credentials/make_token_source.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <typeinfo>

#include "coordinator/releases/github/credentials/app_token.h"
#include "coordinator/releases/github/credentials/personal_token.h"
#include "coordinator/releases/github/credentials/test_app_key.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

// Nobody is asked when a source is made.
class NoHttp final : public HttpClient {
 public:
  absl::StatusOr<HttpResponse> Send(HttpRequest const& request) override {
    ADD_FAILURE() << request.url;
    return absl::UnavailableError("not in this test");
  }
};

class MakeTokenSourceTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<TokenSource>> Make(
      CredentialsConfig const& config, std::string const& url = "https://api.github.com") {
    return MakeTokenSource(config, url, {"o/r"}, &http_, &clock_);
  }
  std::string Put(absl::string_view name, absl::string_view content) const {
    std::string path = folder_.Write(name, content);
    chmod(path.c_str(), 0600);
    return path;
  }

  NoHttp http_;
  FakeClock clock_;
  TemporaryFolder const folder_;
};

TEST_F(MakeTokenSourceTest, MakesWhatTheConfigurationNames) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread
  ASSERT_EQ(setenv("PROBEFARM_TEST_MAKE", "ghp_1", 1), 0);
  ASSERT_OK_AND_ASSIGN(auto const env, Make({TokenEnvConfig{"PROBEFARM_TEST_MAKE"}}));
  EXPECT_NE(dynamic_cast<EnvironmentToken*>(env.get()), nullptr);
  ASSERT_OK_AND_ASSIGN(auto const file, Make({TokenFileConfig{Put("t", "ghp_2")}}));
  EXPECT_NE(dynamic_cast<FileToken*>(file.get()), nullptr);
  std::string const key = Put("k", ToPkcs1(MakeRsaKey().get()));
  ASSERT_OK_AND_ASSIGN(auto const app, Make({AppConfig{12, 34, key}}));
  EXPECT_NE(dynamic_cast<AppToken*>(app.get()), nullptr);
}

TEST_F(MakeTokenSourceTest, FindsAtOnceWhatIsNotThere) {
  EXPECT_THAT(Make({TokenEnvConfig{"PROBEFARM_TEST_NONE"}}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Make({TokenFileConfig{folder_ / "none"}}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Make({AppConfig{12, 34, folder_ / "none"}}), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(MakeTokenSourceTest, SendsNoSecretInPlainTextToAnotherMachine) {
  CredentialsConfig const config{TokenFileConfig{Put("t", "ghp_2")}};
  for (char const* const url : {"http://api.github.com", "http://127.evil.example",
                                "ftp://127.0.0.1", "https://", "", "http://10.0.0.1:80"}) {
    EXPECT_THAT(Make(config, url),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("plain text")))
        << url;
  }
  for (char const* const url : {"http://127.0.0.1:8080", "http://localhost", "http://[::1]:80",
                                "HTTPS://github.example/api/v3"}) {
    EXPECT_OK(Make(config, url)) << url;
  }
}

}  // namespace
}  // namespace probefarm
