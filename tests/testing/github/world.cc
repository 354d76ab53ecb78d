#include "tests/testing/github/world.h"

#include <algorithm>
#include <utility>

namespace probefarm::fake_github {

FakeRelease* Repository::FindRelease(int64_t release) {
  auto const found = releases.find(release);
  return found == releases.end() ? nullptr : &found->second;
}

FakeRelease* Repository::FindByTag(std::string const& tag) {
  for (auto& [id, release] : releases)
    if (!release.draft && release.tag == tag) return &release;
  return nullptr;
}

Repository::Found Repository::FindAsset(int64_t asset) {
  auto const owner = release_of_asset.find(asset);
  FakeRelease* const release =
      owner == release_of_asset.end() ? nullptr : FindRelease(owner->second);
  if (release == nullptr) return {};
  for (FakeAsset& candidate : release->assets)
    if (candidate.id == asset) return {.release = release, .asset = &candidate};
  return {};
}

FakeAsset* FindByName(FakeRelease& release, std::string const& name) {
  for (FakeAsset& asset : release.assets)
    if (asset.name == name) return &asset;
  return nullptr;
}

Repository* World::FindRepository(std::string const& name) {
  auto const found = repositories_.find(name);
  return found == repositories_.end() ? nullptr : &found->second;
}

Repository* World::FindRepository(int64_t id) {
  for (auto& [name, repository] : repositories_)
    if (repository.id == id) return &repository;
  return nullptr;
}

void World::AddRepository(std::string const& name, FakeRepository settings) {
  Repository& repository = repositories_[name];
  if (repository.id == 0) repository.id = NewId();
  repository.name = name;
  repository.settings = std::move(settings);
  Note({.thing = Change::Thing::kRepository, .repository = name});
}

void World::AddToken(FakeToken token) {
  Note({.thing = Change::Thing::kToken, .key = token.value});
  std::string const value = token.value;
  tokens_[value] = std::move(token);
}

void World::AddApp(FakeApp app) {
  Note({.thing = Change::Thing::kApp, .key = app.issuer});
  std::string const issuer = app.issuer;
  apps_[issuer] = std::move(app);
}

void World::ExpireToken(std::string const& value, absl::Time now) {
  auto const token = tokens_.find(value);
  if (token == tokens_.end()) return;
  token->second.expires = now;
  Note({.thing = Change::Thing::kToken, .key = value});
}

FakeRelease& World::PutRelease(Repository& repository, FakeRelease release) {
  if (release.id == 0) release.id = NewId();
  last_id_ = std::max(last_id_, release.id);
  FakeRelease& put = repository.releases[release.id] = std::move(release);
  SavedRelease(repository, put);
  std::vector<FakeAsset> assets = std::exchange(put.assets, {});
  for (FakeAsset& asset : assets) PutAsset(repository, put, std::move(asset));
  return put;
}

FakeAsset& World::PutAsset(Repository& repository, FakeRelease& release, FakeAsset asset) {
  if (asset.id == 0) asset.id = NewId();
  last_id_ = std::max(last_id_, asset.id);
  auto place = std::find_if(release.assets.begin(), release.assets.end(),
                            [&](FakeAsset const& known) { return known.id == asset.id; });
  if (place == release.assets.end()) place = release.assets.emplace(place);
  *place = std::move(asset);
  repository.release_of_asset[place->id] = release.id;
  SavedAsset(repository, release, *place);
  return *place;
}

void World::PutFile(Repository& repository, std::string const& path, RepositoryFile file) {
  repository.files[path] = std::move(file);
  Note({.thing = Change::Thing::kFile, .repository = repository.name, .key = path});
}

void World::SavedRelease(Repository const& repository, FakeRelease const& release) {
  Note({.thing = Change::Thing::kRelease, .repository = repository.name, .id = release.id});
}

void World::SavedAsset(Repository const& repository, FakeRelease const& release,
                       FakeAsset const& asset) {
  Note({.thing = Change::Thing::kAsset,
        .repository = repository.name,
        .release_id = release.id,
        .id = asset.id});
}

bool World::RemoveRelease(Repository& repository, int64_t release) {
  FakeRelease* const found = repository.FindRelease(release);
  if (found == nullptr) return false;
  while (!found->assets.empty()) RemoveAsset(repository, found->assets.back().id);
  repository.releases.erase(release);
  Note({.thing = Change::Thing::kRelease,
        .repository = repository.name,
        .id = release,
        .removed = true});
  return true;
}

bool World::RemoveAsset(Repository& repository, int64_t asset) {
  auto const [release, found] = repository.FindAsset(asset);
  if (found == nullptr) return false;
  release->assets.erase(release->assets.begin() + (found - release->assets.data()));
  repository.release_of_asset.erase(asset);
  Note({.thing = Change::Thing::kAsset,
        .repository = repository.name,
        .release_id = release->id,
        .id = asset,
        .removed = true});
  return true;
}

void World::SetListLag(absl::Duration least, absl::Duration most, uint64_t seed) {
  least_lag_ = least;
  most_lag_ = most;
  random_.seed(seed);
}

absl::Time World::ListedFrom(absl::Time now) {
  double const share = std::uniform_real_distribution<>(0, 1)(random_);
  return now + least_lag_ + (most_lag_ - least_lag_) * share;
}

std::vector<Change> World::TakeChanges() { return std::exchange(changes_, {}); }

void World::ContinueFrom(int64_t id, int64_t revision) {
  last_id_ = std::max(last_id_, id);
  revision_ = std::max(revision_, revision);
}

void World::Note(Change change) {
  change.revision = ++revision_;
  changes_.push_back(std::move(change));
}

}  // namespace probefarm::fake_github
