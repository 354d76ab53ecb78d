#include "coordinator/releases/github/credentials/credentials_config.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/config/temp_yaml_file.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

absl::StatusOr<CredentialsConfig> Read(absl::string_view credentials) {
  CredentialsConfig config;
  TempYamlFile const file(absl::StrCat("credentials: ", credentials));
  RETURN_IF_ERROR(
      ReadYamlFile(file.path(), [&](YamlMapping& github) { config = ReadCredentials(github); }));
  return config;
}

TEST(ReadCredentials, ReadsEachSource) {
  ASSERT_OK_AND_ASSIGN(CredentialsConfig const env, Read("{token_env: GITHUB_TOKEN}"));
  EXPECT_EQ(env, (CredentialsConfig{TokenEnvConfig{"GITHUB_TOKEN"}, false}));
  ASSERT_OK_AND_ASSIGN(CredentialsConfig const file,
                       Read("{token_file: /run/secrets/t, share_token_with_workers: true}"));
  EXPECT_EQ(file, (CredentialsConfig{TokenFileConfig{"/run/secrets/t"}, true}));
  ASSERT_OK_AND_ASSIGN(CredentialsConfig const app,
                       Read("{app: {id: 12, installation: 34, key_file: a.pem}}"));
  EXPECT_EQ(app, (CredentialsConfig{AppConfig{12, 34, "a.pem"}, false}));
}

TEST(ReadCredentials, NeedsExactlyOneSource) {
  for (char const* const text :
       {"{}", "{share_token_with_workers: true}", "{token_env: A, token_file: b}",
        "{token_env: A, app: {id: 1, installation: 2, key_file: c}}"}) {
    EXPECT_THAT(Read(text), StatusIs(kInvalid, HasSubstr("exactly one of"))) << text;
  }
}

TEST(ReadCredentials, RefusesValuesOutOfBounds) {
  for (char const* const text :
       {"{token_env: \"\"}", "{token_env: 1A}", "{token_env: A-B}", "{token_file: \"\"}",
        "{app: {id: 0, installation: 34, key_file: a}}",
        "{app: {id: 12, installation: -1, key_file: a}}",
        "{app: {id: 12, installation: 34, key_file: \"\"}}", "{app: {id: 12, installation: 34}}",
        "{app: {installation: 34, key_file: a}}", "{app: {id: x, installation: 34, key_file: a}}",
        "{app: 12}", "{token_env: A, token: x}"}) {
    EXPECT_THAT(Read(text), StatusIs(kInvalid, HasSubstr("credentials."))) << text;
  }
}

TEST(ReadCredentials, DoesNotQuoteATokenThatStandsInPlaceOfAVariable) {
  EXPECT_THAT(Read("{token_env: github-pat-planted}"),
              StatusIs(kInvalid, AllOf(HasSubstr("does not belong into this file"),
                                       Not(HasSubstr("planted")))));
}

TEST(CheckTokenSharing, KeepsAPersonalTokenFromWorkersUnlessToldOtherwise) {
  for (CredentialsConfig config :
       {CredentialsConfig{TokenEnvConfig{"T"}}, CredentialsConfig{TokenFileConfig{"t"}}}) {
    EXPECT_THAT(
        CheckTokenSharing(config),
        StatusIs(absl::StatusCode::kFailedPrecondition,
                 AllOf(HasSubstr("share_token_with_workers: true"), HasSubstr("credentials.app"))));
    config.share_token_with_workers = true;
    EXPECT_OK(CheckTokenSharing(config));
  }
}

TEST(CheckTokenSharing, LetsAnAppsTokensGo) {
  EXPECT_OK(CheckTokenSharing({AppConfig{12, 34, "a.pem"}}));
}

}  // namespace
}  // namespace probefarm
