#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/testing/github/calls.h"
#include "tests/testing/github/paging.h"

namespace probefarm::fake_github {
namespace {

using Json = nlohmann::json;

// GitHub counts characters.
int64_t Characters(std::string const& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

// What git and GitHub take for the name of a tag: 40 hexadecimal digits would be taken for a
// commit.
bool IsTagName(std::string const& tag) {
  bool const hash = tag.size() == 40 && std::all_of(tag.begin(), tag.end(), [](char c) {
                      return absl::ascii_isxdigit(static_cast<unsigned char>(c));
                    });
  bool const shape = tag.find_first_of(" ~^:?*[\\") == std::string::npos &&
                     !absl::StrContains(tag, "..") && !absl::StrContains(tag, "//") &&
                     !absl::StartsWith(tag, "/") && !absl::EndsWith(tag, "/") &&
                     !absl::EndsWith(tag, ".") && !absl::EndsWith(tag, ".lock");
  return !tag.empty() && !hash && shape;
}

bool Has(std::vector<std::string> const& list, std::string const& element) {
  return std::find(list.begin(), list.end(), element) != list.end();
}

bool IsTarget(Repository const& repository, std::string const& target) {
  FakeRepository const& settings = repository.settings;
  return target == settings.default_branch || Has(settings.branches, target) ||
         Has(settings.commits, target);
}

// Null when it is none; `wrong` names a field of another type.
std::optional<Json> ParseBody(Call const& call) {
  Json json = Json::parse(call.body, nullptr, /*allow_exceptions=*/false);
  return json.is_object() ? std::optional<Json>(std::move(json)) : std::nullopt;
}

// False when there is such a field of another type.
bool Take(Json const& json, char const* field, std::string& value) {
  auto const found = json.find(field);
  if (found == json.end() || found->is_null()) return true;
  if (!found->is_string()) return false;
  value = found->get<std::string>();
  return true;
}

bool Take(Json const& json, char const* field, bool& value) {
  auto const found = json.find(field);
  if (found == json.end() || found->is_null()) return true;
  if (!found->is_boolean()) return false;
  value = found->get<bool>();
  return true;
}

bool TakeFields(Json const& json, FakeRelease& release) {
  return Take(json, "tag_name", release.tag) && Take(json, "target_commitish", release.target) &&
         Take(json, "name", release.name) && Take(json, "body", release.body) &&
         Take(json, "draft", release.draft) && Take(json, "prerelease", release.prerelease);
}

FieldError ReleaseError(std::string code, std::string field, std::string message = "") {
  return {.resource = "Release",
          .code = std::move(code),
          .field = std::move(field),
          .message = std::move(message)};
}

std::vector<FieldError> CheckRelease(Scene const& scene, Repository& repository,
                                     FakeRelease const& release) {
  std::vector<FieldError> errors;
  int const most = scene.limiter.limits().body_characters;
  if (release.tag.empty()) errors.push_back(ReleaseError("missing_field", "tag_name"));
  if (!release.tag.empty() && !IsTagName(release.tag))
    errors.push_back(ReleaseError("custom", "tag_name", "tag_name is not a valid tag"));
  if (!IsTarget(repository, release.target))
    errors.push_back(ReleaseError("invalid", "target_commitish"));
  if (Characters(release.body) > most)
    errors.push_back(ReleaseError(
        "custom", "body", absl::StrCat("body is too long (maximum is ", most, " characters)")));
  FakeRelease const* const same = repository.FindByTag(release.tag);
  if (!release.draft && same != nullptr && same->id != release.id)
    errors.push_back(ReleaseError("already_exists", "tag_name"));
  return errors;
}

Answer ReleaseAnswer(Scene const& scene, Call const& call, Repository const& repository,
                     FakeRelease const& release, int status) {
  Answer answer = JsonAnswer(
      status, ReleaseJson(scene.urls, repository, release, scene.embedded_assets, call.now));
  if (status == 201)
    answer.headers.emplace_back("Location", absl::StrCat(scene.urls.api, "/repos/", repository.name,
                                                         "/releases/", release.id));
  return answer;
}

void Publish(Scene const& scene, Call const& call, Repository const& repository,
             FakeRelease& release) {
  release.published_at = call.now;
  release.immutable = repository.settings.immutable_releases;
  release.tag_known_from = scene.world.TagKnownFrom(call.now);
}

Answer CreateRelease(Scene const& scene, Call const& call, Repository& repository) {
  std::optional<Json> const json = ParseBody(call);
  if (!json) return ErrorAnswer(400, "Problems parsing JSON");
  FakeRelease release;
  release.target = repository.settings.default_branch;
  if (!TakeFields(*json, release)) return ErrorAnswer(422, "Invalid request.");
  // A token without the `workflow` right is told of no such commit.
  if (Has(repository.settings.workflow_commits, release.target)) return NotFoundAnswer();
  std::vector<FieldError> const errors = CheckRelease(scene, repository, release);
  if (!errors.empty()) return ValidationError(errors);
  release.created_at = release.updated_at = call.now;
  release.author = call.login;
  release.listed_from = scene.world.ListedFrom(call.now);
  if (!release.draft) Publish(scene, call, repository, release);
  return ReleaseAnswer(scene, call, repository, scene.world.PutRelease(repository, release), 201);
}

Answer PatchRelease(Scene const& scene, Call const& call, Repository& repository,
                    FakeRelease& release) {
  std::optional<Json> const json = ParseBody(call);
  if (!json) return ErrorAnswer(400, "Problems parsing JSON");
  FakeRelease changed = release;
  if (!TakeFields(*json, changed)) return ErrorAnswer(422, "Invalid request.");
  if (release.immutable && (changed.tag != release.tag || changed.draft))
    return ErrorAnswer(422, "Cannot change the tag of an immutable release.");
  std::vector<FieldError> const errors = CheckRelease(scene, repository, changed);
  if (!errors.empty()) return ValidationError(errors);
  if (release.draft && !changed.draft) Publish(scene, call, repository, changed);
  changed.updated_at = call.now;
  release = changed;
  scene.world.SavedRelease(repository, release);
  return ReleaseAnswer(scene, call, repository, release, 200);
}

Answer GetRelease(Scene const& scene, Call const& call, Repository const& repository,
                  FakeRelease const* release, bool may_write) {
  if (release == nullptr || (release->draft && !may_write)) return NotFoundAnswer();
  return ReleaseAnswer(scene, call, repository, *release, 200);
}

Answer GetByTag(Scene const& scene, Call const& call, Repository& repository) {
  FakeRelease const* const release = repository.FindByTag(call.tag);
  if (release == nullptr || release->tag_known_from > call.now) return NotFoundAnswer();
  return ReleaseAnswer(scene, call, repository, *release, 200);
}

// Newest first.
std::vector<FakeRelease const*> ListedReleases(Call const& call, Repository const& repository,
                                               bool may_write) {
  std::vector<FakeRelease const*> listed;
  for (auto release = repository.releases.rbegin(); release != repository.releases.rend();
       ++release)
    if (release->second.listed_from <= call.now && (may_write || !release->second.draft))
      listed.push_back(&release->second);
  return listed;
}

Answer ListReleases(Scene const& scene, Call const& call, Repository const& repository,
                    bool may_write) {
  Page const page = PageOf(call);
  int64_t const most = scene.limiter.limits().listed_releases;
  if (page.first() >= most)
    return ErrorAnswer(422, absl::StrCat("Only the first ", most, " results are available."));
  auto const listed = ListedReleases(call, repository, may_write);
  int64_t const end = std::min<int64_t>(page.first() + page.size, std::ssize(listed));
  std::vector<std::string> elements;
  for (int64_t i = page.first(); i < end; ++i)
    elements.push_back(
        ReleaseJson(scene.urls, repository, *listed[i], scene.embedded_assets, call.now));
  Answer answer = JsonAnswer(200, JsonArray(elements));
  std::string const link =
      LinkHeader(scene, call, repository, page, std::min<int64_t>(std::ssize(listed), most));
  if (!link.empty()) answer.headers.emplace_back("Link", link);
  return answer;
}

Answer DeleteRelease(Scene const& scene, Repository& repository, int64_t release) {
  return scene.world.RemoveRelease(repository, release) ? Answer{.status = 204} : NotFoundAnswer();
}

}  // namespace

Answer AnswerReleaseCall(Scene const& scene, Call const& call, Repository& repository,
                         bool may_write) {
  FakeRelease* const release = repository.FindRelease(call.release_id);
  switch (call.kind) {
    case FakeCallKind::kCreateRelease:
      return CreateRelease(scene, call, repository);
    case FakeCallKind::kListReleases:
      return ListReleases(scene, call, repository, may_write);
    case FakeCallKind::kGetRelease:
      return GetRelease(scene, call, repository, release, may_write);
    case FakeCallKind::kGetReleaseByTag:
      return GetByTag(scene, call, repository);
    case FakeCallKind::kPatchRelease:
      return release == nullptr ? NotFoundAnswer()
                                : PatchRelease(scene, call, repository, *release);
    case FakeCallKind::kDeleteRelease:
      return DeleteRelease(scene, repository, call.release_id);
    default:
      return NotFoundAnswer();
  }
}

}  // namespace probefarm::fake_github
