#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/testing/github/calls.h"
#include "tests/testing/github/git_blob.h"

namespace probefarm::fake_github {
namespace {

using Json = nlohmann::json;

// As GitHub sends it: lines of 60 characters.
std::string Base64Lines(absl::string_view content) {
  constexpr size_t kLine = 60;
  std::string const text = absl::Base64Escape(content);
  std::string lines;
  for (size_t at = 0; at < text.size(); at += kLine)
    absl::StrAppend(&lines, text.substr(at, kLine), "\n");
  return lines;
}

Json FileJson(Scene const& scene, Call const& call, Repository const& repository,
              RepositoryFile const& file) {
  std::string const url =
      absl::StrCat(scene.urls.api, "/repos/", repository.name, "/contents/", call.file);
  std::string const page = absl::StrCat(scene.urls.web, "/", repository.name, "/blob/",
                                        repository.settings.default_branch, "/", call.file);
  return {{"type", "file"},
          {"name", call.file.substr(call.file.rfind('/') + 1)},
          {"path", call.file},
          {"sha", file.sha},
          {"size", file.content.size()},
          {"url", url},
          {"git_url",
           absl::StrCat(scene.urls.api, "/repos/", repository.name, "/git/blobs/", file.sha)},
          {"html_url", page},
          {"download_url", page},
          {"_links", {{"self", url}, {"git", nullptr}, {"html", page}}}};
}

Answer GetFile(Scene const& scene, Call const& call, Repository const& repository) {
  auto const file = repository.files.find(call.file);
  if (file == repository.files.end()) return NotFoundAnswer();
  Json json = FileJson(scene, call, repository, file->second);
  json["encoding"] = "base64";
  json["content"] = Base64Lines(file->second.content);
  return JsonAnswer(200, JsonText(json));
}

Json CommitJson(Scene const& scene, Repository const& repository, RepositoryFile const& file,
                std::string const& message) {
  std::string const sha = GitBlobSha(absl::StrCat("commit of ", file.sha));
  return {{"sha", sha},
          {"node_id", absl::StrCat("C_", sha)},
          {"message", message},
          {"url", absl::StrCat(scene.urls.api, "/repos/", repository.name, "/git/commits/", sha)}};
}

// The content to be put, or what is wrong with it.
std::optional<Answer> CheckPut(Call const& call, Repository const& repository, Json const& json,
                               std::string& content) {
  if (!json.is_object()) return ErrorAnswer(400, "Problems parsing JSON");
  std::string const encoded = json.value("content", Json()).is_string() ? json["content"] : "";
  if (!json.contains("message") || !json["message"].is_string() ||
      !absl::Base64Unescape(absl::StrReplaceAll(encoded, {{"\n", ""}}), &content))
    return ErrorAnswer(422, "Invalid request.");
  auto const old = repository.files.find(call.file);
  bool const has_sha = json.contains("sha") && json["sha"].is_string();
  if (old == repository.files.end()) return std::nullopt;
  if (!has_sha) return ErrorAnswer(422, "Invalid request.\n\n\"sha\" wasn't supplied.");
  if (json["sha"] != old->second.sha)
    return ErrorAnswer(409,
                       absl::StrCat(call.file, " does not match ", json["sha"].get<std::string>()));
  return std::nullopt;
}

Answer PutFile(Scene const& scene, Call const& call, Repository& repository) {
  Json const json = Json::parse(call.body, nullptr, /*allow_exceptions=*/false);
  std::string content;
  if (std::optional<Answer> refused = CheckPut(call, repository, json, content)) return *refused;
  bool const is_new = !repository.files.contains(call.file);
  std::string const sha = GitBlobSha(content);
  RepositoryFile const file{.content = std::move(content), .sha = sha};
  scene.world.PutFile(repository, call.file, file);
  Json const answer = {{"content", FileJson(scene, call, repository, file)},
                       {"commit", CommitJson(scene, repository, file, json["message"])}};
  return JsonAnswer(is_new ? 201 : 200, JsonText(answer));
}

}  // namespace

Answer AnswerContentsCall(Scene const& scene, Call const& call, Repository& repository) {
  return call.kind == FakeCallKind::kPutContents ? PutFile(scene, call, repository)
                                                 : GetFile(scene, call, repository);
}

}  // namespace probefarm::fake_github
