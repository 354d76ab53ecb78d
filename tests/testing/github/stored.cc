#include "tests/testing/github/stored.h"

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"

namespace nlohmann {

template <>
struct adl_serializer<absl::Time> {
  static void to_json(json& to, absl::Time time) { to = absl::ToUnixMicros(time); }
  static void from_json(json const& from, absl::Time& time) {
    time = absl::FromUnixMicros(from.get<int64_t>());
  }
};

}  // namespace nlohmann

namespace probefarm {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FakeRepository, default_branch, is_private, immutable_releases,
                                   branches, commits, workflow_commits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FakeToken, value, login, expires, may_write, repositories,
                                   points_an_hour)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FakeApp, issuer, public_key, installation, repositories,
                                   points_an_hour)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FakeRelease, id, tag, name, body, target, draft, prerelease,
                                   immutable, created_at, updated_at, published_at, listed_from,
                                   tag_known_from, author)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FakeAsset, id, name, label, content_type, state, size, digest,
                                   without_digest_field, download_count, created_at, updated_at,
                                   listed_from, uploader)

}  // namespace probefarm

namespace probefarm::fake_github {

using Json = nlohmann::json;

Json Stored(FakeRepository const& settings) { return settings; }
Json Stored(FakeToken const& token) { return token; }
Json Stored(FakeApp const& app) { return app; }
Json Stored(FakeRelease const& release) { return release; }
Json Stored(FakeAsset const& asset) { return asset; }

FakeRepository StoredRepository(Json const& json) { return json.get<FakeRepository>(); }
FakeToken StoredToken(Json const& json) { return json.get<FakeToken>(); }
FakeApp StoredApp(Json const& json) { return json.get<FakeApp>(); }
FakeRelease StoredRelease(Json const& json) { return json.get<FakeRelease>(); }
FakeAsset StoredAsset(Json const& json) { return json.get<FakeAsset>(); }

// Any bytes: not every one is a JSON string.
Json Stored(RepositoryFile const& file) {
  return {{"content", absl::Base64Escape(file.content)}, {"sha", file.sha}};
}

RepositoryFile StoredFile(Json const& json) {
  RepositoryFile file;
  absl::Base64Unescape(json.at("content").get<std::string>(), &file.content);
  file.sha = json.at("sha");
  return file;
}

}  // namespace probefarm::fake_github
