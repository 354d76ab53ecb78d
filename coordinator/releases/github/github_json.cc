#include "coordinator/releases/github/github_json.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "lib/digest/hex.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Json = nlohmann::json;

constexpr size_t kShownText = 300;
constexpr absl::string_view kDigestPrefix = "sha256:";

absl::Status NotGitHubs(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat("GitHub's answer is not ", what));
}

// Deep nesting is refused: what is read here is three levels deep.
absl::StatusOr<Json> Parse(absl::string_view text) {
  constexpr int kDeepest = 16;
  bool deep = false;
  auto const shallow = [&deep](int depth, Json::parse_event_t, Json&) {
    deep = deep || depth > kDeepest;
    return !deep;
  };
  Json document = Json::parse(text.begin(), text.end(), shallow, /*allow_exceptions=*/false);
  if (deep || document.is_discarded()) return NotGitHubs("JSON");
  return document;
}

std::string TextOf(Json const& object, char const* key) {
  auto const found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool FlagOf(Json const& object, char const* key) {
  auto const found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

// Ids and sizes.
std::optional<int64_t> NumberOf(Json const& object, char const* key) {
  auto const found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  auto const number = found->get<uint64_t>();
  if (number > uint64_t{1} << 62) return std::nullopt;
  return static_cast<int64_t>(number);
}

absl::Time TimeOf(Json const& object, char const* key) {
  absl::Time time = absl::InfinitePast();
  std::string error;
  absl::ParseTime(absl::RFC3339_full, TextOf(object, key), &time, &error);
  return time;
}

std::string Sha256Of(Json const& object) {
  std::string const digest = TextOf(object, "digest");
  absl::string_view hex = digest;
  if (!absl::ConsumePrefix(&hex, kDigestPrefix) || !IsSha256Hex(hex)) return "";
  return std::string(hex);
}

absl::StatusOr<GitHubRelease> ReadRelease(Json const& object) {
  if (!object.is_object()) return NotGitHubs("a release");
  std::optional<int64_t> const id = NumberOf(object, "id");
  GitHubRelease release;
  release.tag = TextOf(object, "tag_name");
  std::string const upload_url = TextOf(object, "upload_url");
  if (!id || release.tag.empty() || upload_url.empty())
    return NotGitHubs("a release: it lacks id, tag_name or upload_url");
  release.id = *id;
  release.upload_url = upload_url.substr(0, upload_url.find('{'));
  release.body = TextOf(object, "body");
  release.draft = FlagOf(object, "draft");
  release.immutable = FlagOf(object, "immutable");
  return release;
}

absl::StatusOr<GitHubAsset> ReadAsset(Json const& object) {
  if (!object.is_object()) return NotGitHubs("an asset");
  std::optional<int64_t> const id = NumberOf(object, "id");
  std::optional<int64_t> const size = NumberOf(object, "size");
  GitHubAsset asset;
  asset.name = TextOf(object, "name");
  asset.state = TextOf(object, "state");
  if (!id || !size || asset.name.empty() || asset.state.empty())
    return NotGitHubs("an asset: it lacks id, size, name or state");
  asset.id = *id;
  asset.size = *size;
  asset.label = TextOf(object, "label");
  asset.sha256 = Sha256Of(object);
  asset.url = TextOf(object, "browser_download_url");
  asset.created_at = TimeOf(object, "created_at");
  return asset;
}

template <class T>
absl::StatusOr<std::vector<T>> ReadList(absl::string_view json,
                                        absl::StatusOr<T> (*read)(Json const&)) {
  ASSIGN_OR_RETURN(Json const document, Parse(json));
  if (!document.is_array()) return NotGitHubs("a list");
  std::vector<T> list;
  for (Json const& element : document) {
    ASSIGN_OR_RETURN(T item, read(element));
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace

absl::StatusOr<GitHubRelease> ParseGitHubRelease(absl::string_view json) {
  ASSIGN_OR_RETURN(Json const document, Parse(json));
  return ReadRelease(document);
}

absl::StatusOr<std::vector<GitHubRelease>> ParseGitHubReleases(absl::string_view json) {
  return ReadList<GitHubRelease>(json, &ReadRelease);
}

absl::StatusOr<GitHubAsset> ParseGitHubAsset(absl::string_view json) {
  ASSIGN_OR_RETURN(Json const document, Parse(json));
  return ReadAsset(document);
}

absl::StatusOr<std::vector<GitHubAsset>> ParseGitHubAssets(absl::string_view json) {
  return ReadList<GitHubAsset>(json, &ReadAsset);
}

absl::StatusOr<std::string> ParseGitHubDefaultBranch(absl::string_view json) {
  ASSIGN_OR_RETURN(Json const document, Parse(json));
  std::string branch = document.is_object() ? TextOf(document, "default_branch") : "";
  if (branch.empty()) return NotGitHubs("a repository: it lacks default_branch");
  return branch;
}

absl::StatusOr<RepositoryFile> ParseRepositoryFile(absl::string_view json) {
  ASSIGN_OR_RETURN(Json const document, Parse(json));
  RepositoryFile file;
  if (document.is_object()) file.sha = TextOf(document, "sha");
  if (file.sha.empty() || TextOf(document, "type") != "file")
    return NotGitHubs("a file: it lacks its sha, or is none");
  // GitHub says "none" beyond a megabyte.
  if (TextOf(document, "encoding") != "base64")
    return absl::ResourceExhaustedError("the file is too large to come with GitHub's answer");
  std::string const lines = TextOf(document, "content");
  if (!absl::Base64Unescape(absl::StrReplaceAll(lines, {{"\n", ""}}), &file.content))
    return NotGitHubs("a file: its content is not base64");
  return file;
}

GitHubProblem ParseGitHubProblem(absl::string_view body) {
  GitHubProblem problem;
  absl::StatusOr<Json> const document = Parse(body);
  if (!document.ok() || !document->is_object()) return problem;
  problem.message = TextOf(*document, "message").substr(0, kShownText);
  problem.documentation_url = TextOf(*document, "documentation_url").substr(0, kShownText);
  auto const errors = document->find("errors");
  if (errors == document->end() || !errors->is_array()) return problem;
  for (Json const& error : *errors) {
    if (problem.code.empty() && error.is_object())
      problem.code = TextOf(error, "code").substr(0, kShownText);
    // Some errors are a sentence each, and others have one.
    std::string const text = error.is_string()   ? error.get<std::string>()
                             : error.is_object() ? TextOf(error, "message")
                                                 : "";
    if (!text.empty() && problem.message.size() < kShownText)
      absl::StrAppend(&problem.message, problem.message.empty() ? "" : ": ",
                      text.substr(0, kShownText));
  }
  return problem;
}

}  // namespace probefarm
