#include "tests/testing/github/plant.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"

namespace probefarm::fake_github {
namespace {

void SetTime(absl::Time& time, absl::Time now) {
  if (time == absl::InfinitePast()) time = now;
}

FakeAsset Complete(FakeAsset asset, absl::Time now) {
  SetTime(asset.created_at, now);
  SetTime(asset.updated_at, now);
  if (asset.bytes && asset.size == 0) asset.size = static_cast<int64_t>(asset.bytes->size());
  bool const whole = asset.bytes && asset.state == "uploaded";
  if (whole && asset.digest.empty() && !asset.without_digest_field)
    asset.digest = absl::StrCat("sha256:", Sha256Hex(*asset.bytes));
  // GitHub computes none for older assets; a test says so in this way.
  if (asset.digest == "null") asset.digest.clear();
  return asset;
}

}  // namespace

int64_t PlantRelease(World& world, std::string const& repository, FakeRelease release,
                     absl::Time now) {
  Repository* const owner = world.FindRepository(repository);
  if (owner == nullptr) return 0;
  SetTime(release.created_at, now);
  SetTime(release.updated_at, now);
  if (!release.draft) SetTime(release.published_at, now);
  for (FakeAsset& asset : release.assets) asset = Complete(std::move(asset), now);
  return world.PutRelease(*owner, std::move(release)).id;
}

int64_t PlantAsset(World& world, std::string const& repository, std::string const& tag,
                   FakeAsset asset, absl::Time now) {
  Repository* const owner = world.FindRepository(repository);
  FakeRelease* const release = owner == nullptr ? nullptr : owner->FindByTag(tag);
  return release == nullptr ? 0
                            : world.PutAsset(*owner, *release, Complete(std::move(asset), now)).id;
}

int64_t PlantAssetByName(World& world, std::string const& repository, std::string const& tag,
                         FakeAsset asset, absl::Time now) {
  Repository* const owner = world.FindRepository(repository);
  if (owner == nullptr) return 0;
  if (owner->FindByTag(tag) == nullptr) PlantRelease(world, repository, {.tag = tag}, now);
  FakeAsset const* const same = FindByName(*owner->FindByTag(tag), asset.name);
  if (same != nullptr) asset.id = same->id;
  return PlantAsset(world, repository, tag, std::move(asset), now);
}

}  // namespace probefarm::fake_github
