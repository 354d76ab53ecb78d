#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/testing/github/asset_name.h"
#include "tests/testing/github/calls.h"

namespace probefarm::fake_github {
namespace {

FieldError AssetError(std::string code, std::string field, std::string message = "") {
  return {.resource = "ReleaseAsset",
          .code = std::move(code),
          .field = std::move(field),
          .message = std::move(message)};
}

FakeAsset NewAsset(Scene const& scene, Call const& call) {
  std::string const& type = call.head.Header("content-type");
  FakeAsset asset;
  asset.name = RewriteAssetName(call.Query("name"));
  asset.label = call.Query("label");
  asset.content_type = type.empty() ? "application/octet-stream" : type;
  asset.uploader = call.login;
  asset.created_at = asset.updated_at = call.now;
  asset.listed_from = scene.world.ListedFrom(call.now);
  return asset;
}

// What can only be decided when nobody else can take the name or the place any more.
std::optional<Answer> RefuseCommit(Scene const& scene, Call const& call, FakeRelease& release) {
  int const most = scene.limiter.limits().assets_a_release;
  if (FindByName(release, RewriteAssetName(call.Query("name"))) != nullptr) {
    Answer clash = ValidationError({AssetError("already_exists", "name")});
    clash.clash = true;
    return clash;
  }
  if (std::ssize(release.assets) >= most)
    return ValidationError(
        {AssetError("custom", "file_count",
                    absl::StrCat("file_count limited to ", most, " assets per release"))});
  return std::nullopt;
}

std::optional<Answer> RefuseSize(Scene const& scene, int64_t size) {
  int64_t const most = scene.limiter.limits().asset_bytes;
  if (size == 0)
    return ValidationError(
        {AssetError("custom", "size", "size must be greater than or equal to 1")});
  if (size > most)
    return ValidationError(
        {AssetError("custom", "size", absl::StrCat("size must be less than or equal to ", most))});
  return std::nullopt;
}

}  // namespace

std::optional<Answer> RefuseUpload(Scene const& scene, Call const& call, Repository& repository) {
  FakeRelease const* const release = repository.FindRelease(call.release_id);
  if (release == nullptr) return NotFoundAnswer();
  if (release->immutable) return ErrorAnswer(422, "Cannot upload assets to an immutable release.");
  if (RewriteAssetName(call.Query("name")).empty())
    return ValidationError({AssetError("missing_field", "name")});
  std::string const& length = call.head.Header("content-length");
  int64_t size = 0;
  // Chunks are not taken: seen with clients that stream.
  if (!absl::SimpleAtoi(length, &size)) return ErrorAnswer(400, "Bad Content-Length: ");
  return RefuseSize(scene, size);
}

Answer CommitUpload(Scene const& scene, Call const& call, Repository& repository, FakeBytes bytes,
                    std::string const& sha256) {
  FakeRelease* const release = repository.FindRelease(call.release_id);
  if (release == nullptr) return NotFoundAnswer();
  if (std::optional<Answer> refused = RefuseCommit(scene, call, *release)) return *refused;
  FakeAsset asset = NewAsset(scene, call);
  asset.size = static_cast<int64_t>(bytes->size());
  asset.digest = absl::StrCat("sha256:", sha256);
  asset.bytes = std::move(bytes);
  FakeAsset const& put = scene.world.PutAsset(repository, *release, std::move(asset));
  Answer answer = JsonAnswer(201, AssetJson(scene.urls, repository, *release, put));
  answer.made_asset = put.id;
  return answer;
}

void LeaveStarter(Scene const& scene, Call const& call, Repository& repository) {
  FakeRelease* const release = repository.FindRelease(call.release_id);
  if (release == nullptr || RefuseCommit(scene, call, *release)) return;
  FakeAsset asset = NewAsset(scene, call);
  asset.state = "starter";
  scene.world.PutAsset(repository, *release, std::move(asset));
}

}  // namespace probefarm::fake_github
