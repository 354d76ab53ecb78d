#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/releases/github/github_types.h"

namespace probefarm {

// Reads GitHub's answers. Fields that nobody asked for are passed over and unknown words are kept;
// what an answer must have and has not, or has as another type, is UNAVAILABLE: a page of HTML or
// half a document is trouble at GitHub, never success and never "nothing there". Pure; nothing that
// the text holds makes it throw.
absl::StatusOr<GitHubRelease> ParseGitHubRelease(absl::string_view json);
absl::StatusOr<std::vector<GitHubRelease>> ParseGitHubReleases(absl::string_view json);
absl::StatusOr<GitHubAsset> ParseGitHubAsset(absl::string_view json);
absl::StatusOr<std::vector<GitHubAsset>> ParseGitHubAssets(absl::string_view json);
// The field "default_branch" of a repository.
absl::StatusOr<std::string> ParseGitHubDefaultBranch(absl::string_view json);
// Of the contents API. RESOURCE_EXHAUSTED for one that is too large to come along.
absl::StatusOr<RepositoryFile> ParseRepositoryFile(absl::string_view json);

// Of an answer that is no success. Never fails: what is not there is empty. At most 300 bytes of
// each text.
GitHubProblem ParseGitHubProblem(absl::string_view body);

}  // namespace probefarm
