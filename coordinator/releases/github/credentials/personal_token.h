#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "coordinator/releases/github/credentials/token_source.h"

namespace probefarm {

// A token from a variable of the environment, as it was when the program began.
class EnvironmentToken final : public TokenSource {
 public:
  // NOT_FOUND when there is no such variable; INVALID_ARGUMENT when it holds no token.
  static absl::StatusOr<std::unique_ptr<EnvironmentToken>> Open(std::string const& variable);

  absl::StatusOr<AccessToken> Token() override { return AccessToken{token_}; }

 private:
  explicit EnvironmentToken(Secret token) : token_(std::move(token)) {}

  Secret const token_;
};

// A token from a file, which is read for every Token(): another one can be put there at any time.
// Errors are those of ReadSecretFile() and ParseToken().
class FileToken final : public TokenSource {
 public:
  // Reads the file for the first time.
  static absl::StatusOr<std::unique_ptr<FileToken>> Open(std::string path);

  absl::StatusOr<AccessToken> Token() override;

 private:
  explicit FileToken(std::string path) : path_(std::move(path)) {}

  std::string const path_;
};

}  // namespace probefarm
