#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "tests/testing/github/fake_release.h"

namespace probefarm::fake_github {

// A file of the contents API.
struct RepositoryFile {
  std::string content;
  std::string sha;  // of the git blob
};

struct Repository {
  int64_t id = 0;
  std::string name;  // "o/r"
  FakeRepository settings;
  std::map<int64_t, FakeRelease> releases;  // by id, that is by age
  std::map<std::string, RepositoryFile> files;
  std::unordered_map<int64_t, int64_t> release_of_asset;

  FakeRelease* FindRelease(int64_t release);
  // The one that is published.
  FakeRelease* FindByTag(std::string const& tag);
  // Null, null when there is none.
  struct Found {
    FakeRelease* release = nullptr;
    FakeAsset* asset = nullptr;
  };
  Found FindAsset(int64_t asset);
};

// Null when no asset of the release has the name.
FakeAsset* FindByName(FakeRelease& release, std::string const& name);

// Something that changed, to be kept. A record with a greater revision counts more.
struct Change {
  enum class Thing { kRepository, kToken, kApp, kRelease, kAsset, kFile };
  int64_t revision = 0;
  Thing thing = Thing::kRepository;
  std::string repository;
  int64_t release_id = 0;
  int64_t id = 0;
  std::string key;  // a token's value, an app's issuer, a file's path
  bool removed = false;
};

// All that there is. Whoever changes something by its pointer calls the fitting Saved(). Pointers
// stay valid until the thing is removed, those of assets until one is added. Not thread-safe.
class World {
 public:
  Repository* FindRepository(std::string const& name);
  Repository* FindRepository(int64_t id);
  std::map<std::string, Repository>& repositories() { return repositories_; }
  std::map<std::string, FakeToken>& tokens() { return tokens_; }
  std::map<std::string, FakeApp>& apps() { return apps_; }

  void AddRepository(std::string const& name, FakeRepository settings);
  void AddToken(FakeToken token);
  void AddApp(FakeApp app);
  void ExpireToken(std::string const& value, absl::Time now);

  // Replaces the one with the same id; id 0 gets a new one. `release.assets` as they are.
  FakeRelease& PutRelease(Repository& repository, FakeRelease release);
  FakeAsset& PutAsset(Repository& repository, FakeRelease& release, FakeAsset asset);
  void PutFile(Repository& repository, std::string const& path, RepositoryFile file);
  void SavedRelease(Repository const& repository, FakeRelease const& release);
  void SavedAsset(Repository const& repository, FakeRelease const& release, FakeAsset const& asset);
  bool RemoveRelease(Repository& repository, int64_t release);
  bool RemoveAsset(Repository& repository, int64_t asset);

  void SetListLag(absl::Duration least, absl::Duration most, uint64_t seed);
  void SetTagLag(absl::Duration lag) { tag_lag_ = lag; }
  absl::Time ListedFrom(absl::Time now);
  absl::Time TagKnownFrom(absl::Time now) const { return now + tag_lag_; }

  // What changed since the last call, in order.
  std::vector<Change> TakeChanges();
  void ForgetChanges() { changes_.clear(); }
  // Later ids and revisions are greater than these.
  void ContinueFrom(int64_t id, int64_t revision);

 private:
  void Note(Change change);
  int64_t NewId() { return ++last_id_; }

  std::map<std::string, Repository> repositories_;
  std::map<std::string, FakeToken> tokens_;
  std::map<std::string, FakeApp> apps_;  // by issuer
  int64_t last_id_ = 1000;
  int64_t revision_ = 0;
  absl::Duration least_lag_ = absl::ZeroDuration();
  absl::Duration most_lag_ = absl::ZeroDuration();
  absl::Duration tag_lag_ = absl::ZeroDuration();
  std::mt19937_64 random_{1};
  std::vector<Change> changes_;
};

}  // namespace probefarm::fake_github
