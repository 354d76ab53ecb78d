#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tests/testing/github/asset_name.h"
#include "tests/testing/github/calls.h"
#include "tests/testing/github/paging.h"

namespace probefarm::fake_github {
namespace {

using Json = nlohmann::json;

Answer ListAssets(Scene const& scene, Call const& call, Repository const& repository,
                  FakeRelease const& release) {
  std::vector<FakeAsset const*> listed;
  for (FakeAsset const& asset : release.assets)
    if (asset.listed_from <= call.now) listed.push_back(&asset);
  Page const page = PageOf(call);
  int64_t const end = std::min<int64_t>(page.first() + page.size, std::ssize(listed));
  std::vector<std::string> elements;
  for (int64_t i = page.first(); i < end; ++i)
    elements.push_back(AssetJson(scene.urls, repository, release, *listed[i]));
  Answer answer = JsonAnswer(200, JsonArray(elements));
  std::string const link = LinkHeader(scene, call, repository, page, std::ssize(listed));
  if (!link.empty()) answer.headers.emplace_back("Link", link);
  return answer;
}

// A name that is taken, or none, is refused; the answer is null when the change is done.
std::optional<Answer> Rename(FakeRelease& release, FakeAsset& asset, Json const& json) {
  auto const name = json.find("name");
  if (name == json.end() || !name->is_string()) return std::nullopt;
  std::string const wanted = RewriteAssetName(name->get<std::string>());
  if (wanted.empty())
    return ValidationError(
        {{.resource = "ReleaseAsset", .code = "missing_field", .field = "name"}});
  FakeAsset const* const same = FindByName(release, wanted);
  if (same != nullptr && same->id != asset.id)
    return ValidationError(
        {{.resource = "ReleaseAsset", .code = "already_exists", .field = "name"}});
  asset.name = wanted;
  return std::nullopt;
}

Answer PatchAsset(Scene const& scene, Call const& call, Repository const& repository,
                  Repository::Found const& found) {
  if (found.release->immutable)
    return ErrorAnswer(422, "Cannot edit assets of an immutable release.");
  Json const json = Json::parse(call.body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return ErrorAnswer(400, "Problems parsing JSON");
  if (std::optional<Answer> refused = Rename(*found.release, *found.asset, json)) return *refused;
  auto const label = json.find("label");
  if (label != json.end() && label->is_string()) found.asset->label = label->get<std::string>();
  found.asset->updated_at = call.now;
  scene.world.SavedAsset(repository, *found.release, *found.asset);
  return JsonAnswer(200, AssetJson(scene.urls, repository, *found.release, *found.asset));
}

Answer DeleteAsset(Scene const& scene, Repository& repository, Repository::Found const& found) {
  if (found.release->immutable)
    return ErrorAnswer(422, "Cannot delete assets from an immutable release.");
  scene.world.RemoveAsset(repository, found.asset->id);
  return {.status = 204};
}

Answer RedirectTo(std::string url) {
  return {.status = 302, .headers = {{"Location", std::move(url)}}};
}

}  // namespace

Answer AnswerAssetCall(Scene const& scene, Call const& call, Repository& repository,
                       bool may_write) {
  if (call.kind == FakeCallKind::kListAssets) {
    FakeRelease const* const release = repository.FindRelease(call.release_id);
    bool const hidden = release == nullptr || (release->draft && !may_write);
    return hidden ? NotFoundAnswer() : ListAssets(scene, call, repository, *release);
  }
  Repository::Found const found = repository.FindAsset(call.asset_id);
  if (found.asset == nullptr || (found.release->draft && !may_write)) return NotFoundAnswer();
  switch (call.kind) {
    case FakeCallKind::kGetAsset:
      return JsonAnswer(200, AssetJson(scene.urls, repository, *found.release, *found.asset));
    case FakeCallKind::kDownloadAsset:
      return RedirectTo(StorageUrl(scene.urls, *found.asset));
    case FakeCallKind::kPatchAsset:
      return PatchAsset(scene, call, repository, found);
    case FakeCallKind::kDeleteAsset:
      return DeleteAsset(scene, repository, found);
    default:
      return NotFoundAnswer();
  }
}

Answer AnswerWebDownload(Scene const& scene, Call const& call) {
  Repository* const repository = scene.world.FindRepository(call.repository);
  bool const open = repository != nullptr && !repository->settings.is_private;
  FakeRelease* const release = open ? repository->FindByTag(call.tag) : nullptr;
  FakeAsset const* const asset = release == nullptr ? nullptr : FindByName(*release, call.file);
  bool const there = asset != nullptr && asset->state == "uploaded";
  return there ? RedirectTo(StorageUrl(scene.urls, *asset)) : HtmlAnswer(404, "Not Found");
}

}  // namespace probefarm::fake_github
