#include "coordinator/releases/github/credentials/personal_token.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/credentials/secret_file.h"
#include "coordinator/releases/github/credentials/token_text.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxFileBytes = size_t{16} << 10;

}  // namespace

absl::StatusOr<std::unique_ptr<EnvironmentToken>> EnvironmentToken::Open(
    std::string const& variable) {
  char const* const text =
      std::getenv(variable.c_str());  // NOLINT(concurrency-mt-unsafe): at start
  if (text == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("the environment variable ", variable, " (credentials.token_env) is not set"));
  }
  ASSIGN_OR_RETURN(Secret token, ParseToken(Secret(std::string(text)),
                                            absl::StrCat("the environment variable ", variable)));
  return std::unique_ptr<EnvironmentToken>(new EnvironmentToken(std::move(token)));
}

absl::StatusOr<std::unique_ptr<FileToken>> FileToken::Open(std::string path) {
  std::unique_ptr<FileToken> source(new FileToken(std::move(path)));
  RETURN_IF_ERROR(source->Token().status());
  return source;
}

absl::StatusOr<AccessToken> FileToken::Token() {
  absl::StatusOr<Secret> const text = ReadSecretFile(path_, kMaxFileBytes);
  if (!text.ok()) return Annotate(text.status(), "read the token of credentials.token_file");
  ASSIGN_OR_RETURN(Secret token, ParseToken(*text, path_));
  return AccessToken{std::move(token)};
}

}  // namespace probefarm
