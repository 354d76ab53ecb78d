#include "tests/testing/github/stored.h"

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"

namespace probefarm::fake_github {
namespace {

using Json = nlohmann::json;

int64_t Micros(absl::Time time) { return absl::ToUnixMicros(time); }

absl::Time TimeAt(Json const& json, char const* field) {
  return absl::FromUnixMicros(json.at(field).get<int64_t>());
}

template <typename T>
void Take(Json const& json, char const* field, T& value) {
  value = json.at(field).get<T>();
}

}  // namespace

Json Stored(FakeRepository const& settings) {
  return {{"default_branch", settings.default_branch},
          {"is_private", settings.is_private},
          {"immutable_releases", settings.immutable_releases},
          {"branches", settings.branches},
          {"commits", settings.commits},
          {"workflow_commits", settings.workflow_commits}};
}

FakeRepository StoredRepository(Json const& json) {
  FakeRepository settings;
  Take(json, "default_branch", settings.default_branch);
  Take(json, "is_private", settings.is_private);
  Take(json, "immutable_releases", settings.immutable_releases);
  Take(json, "branches", settings.branches);
  Take(json, "commits", settings.commits);
  Take(json, "workflow_commits", settings.workflow_commits);
  return settings;
}

Json Stored(FakeToken const& token) {
  return {{"value", token.value},
          {"login", token.login},
          {"expires", Micros(token.expires)},
          {"may_write", token.may_write},
          {"repositories", token.repositories},
          {"points_an_hour", token.points_an_hour}};
}

FakeToken StoredToken(Json const& json) {
  FakeToken token;
  Take(json, "value", token.value);
  Take(json, "login", token.login);
  token.expires = TimeAt(json, "expires");
  Take(json, "may_write", token.may_write);
  Take(json, "repositories", token.repositories);
  Take(json, "points_an_hour", token.points_an_hour);
  return token;
}

Json Stored(FakeApp const& app) {
  return {{"issuer", app.issuer},
          {"public_key", app.public_key},
          {"installation", app.installation},
          {"repositories", app.repositories},
          {"points_an_hour", app.points_an_hour}};
}

FakeApp StoredApp(Json const& json) {
  FakeApp app;
  Take(json, "issuer", app.issuer);
  Take(json, "public_key", app.public_key);
  Take(json, "installation", app.installation);
  Take(json, "repositories", app.repositories);
  Take(json, "points_an_hour", app.points_an_hour);
  return app;
}

Json Stored(FakeRelease const& release) {
  return {{"id", release.id},
          {"tag", release.tag},
          {"name", release.name},
          {"body", release.body},
          {"target", release.target},
          {"draft", release.draft},
          {"prerelease", release.prerelease},
          {"immutable", release.immutable},
          {"created_at", Micros(release.created_at)},
          {"updated_at", Micros(release.updated_at)},
          {"published_at", Micros(release.published_at)},
          {"listed_from", Micros(release.listed_from)},
          {"tag_known_from", Micros(release.tag_known_from)},
          {"author", release.author}};
}

FakeRelease StoredRelease(Json const& json) {
  FakeRelease release;
  Take(json, "id", release.id);
  Take(json, "tag", release.tag);
  Take(json, "name", release.name);
  Take(json, "body", release.body);
  Take(json, "target", release.target);
  Take(json, "draft", release.draft);
  Take(json, "prerelease", release.prerelease);
  Take(json, "immutable", release.immutable);
  release.created_at = TimeAt(json, "created_at");
  release.updated_at = TimeAt(json, "updated_at");
  release.published_at = TimeAt(json, "published_at");
  release.listed_from = TimeAt(json, "listed_from");
  release.tag_known_from = TimeAt(json, "tag_known_from");
  Take(json, "author", release.author);
  return release;
}

Json Stored(FakeAsset const& asset) {
  return {{"id", asset.id},
          {"name", asset.name},
          {"label", asset.label},
          {"content_type", asset.content_type},
          {"state", asset.state},
          {"size", asset.size},
          {"digest", asset.digest},
          {"without_digest_field", asset.without_digest_field},
          {"download_count", asset.download_count},
          {"created_at", Micros(asset.created_at)},
          {"updated_at", Micros(asset.updated_at)},
          {"listed_from", Micros(asset.listed_from)},
          {"uploader", asset.uploader}};
}

FakeAsset StoredAsset(Json const& json) {
  FakeAsset asset;
  Take(json, "id", asset.id);
  Take(json, "name", asset.name);
  Take(json, "label", asset.label);
  Take(json, "content_type", asset.content_type);
  Take(json, "state", asset.state);
  Take(json, "size", asset.size);
  Take(json, "digest", asset.digest);
  Take(json, "without_digest_field", asset.without_digest_field);
  Take(json, "download_count", asset.download_count);
  asset.created_at = TimeAt(json, "created_at");
  asset.updated_at = TimeAt(json, "updated_at");
  asset.listed_from = TimeAt(json, "listed_from");
  Take(json, "uploader", asset.uploader);
  return asset;
}

// Any bytes: not every one is a JSON string.
Json Stored(RepositoryFile const& file) {
  return {{"content", absl::Base64Escape(file.content)}, {"sha", file.sha}};
}

RepositoryFile StoredFile(Json const& json) {
  RepositoryFile file;
  absl::Base64Unescape(json.at("content").get<std::string>(), &file.content);
  Take(json, "sha", file.sha);
  return file;
}

}  // namespace probefarm::fake_github
