#include "tests/testing/github/shapes.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/testing/github/call.h"

namespace probefarm::fake_github {
namespace {

// A page holds thousands of fields and is made for each call, that is why this is not built as a
// tree.
class Writer {
 public:
  void Open() { writer_.StartObject(); }
  void Close() { writer_.EndObject(); }
  void Key(absl::string_view key) { writer_.Key(key.data(), Size(key)); }
  void Text(absl::string_view key, absl::string_view value) {
    Key(key);
    writer_.String(value.data(), Size(value));
  }
  void TextOrNull(absl::string_view key, absl::string_view value) {
    if (value.empty())
      Null(key);
    else
      Text(key, value);
  }
  void Null(absl::string_view key) {
    Key(key);
    writer_.Null();
  }
  void Int(absl::string_view key, int64_t value) {
    Key(key);
    writer_.Int64(value);
  }
  void Bool(absl::string_view key, bool value) {
    Key(key);
    writer_.Bool(value);
  }
  void Raw(absl::string_view key, absl::string_view json) {
    Key(key);
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  }
  std::string Take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  static rapidjson::SizeType Size(absl::string_view text) {
    return static_cast<rapidjson::SizeType>(text.size());
  }
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

std::string PathOf(absl::string_view tag) {
  std::vector<std::string> parts;
  for (absl::string_view const part : absl::StrSplit(tag, '/'))
    parts.push_back(PercentEncode(part));
  return absl::StrJoin(parts, "/");
}

int64_t UserId(std::string const& login) {
  int64_t id = 7;
  for (char const c : login) id = (id * 31 + c) % 1'000'003;
  return id;
}

void WriteUserLinks(Writer& out, std::string const& user) {
  out.Text("followers_url", absl::StrCat(user, "/followers"));
  out.Text("following_url", absl::StrCat(user, "/following{/other_user}"));
  out.Text("gists_url", absl::StrCat(user, "/gists{/gist_id}"));
  out.Text("starred_url", absl::StrCat(user, "/starred{/owner}{/repo}"));
  out.Text("subscriptions_url", absl::StrCat(user, "/subscriptions"));
  out.Text("organizations_url", absl::StrCat(user, "/orgs"));
  out.Text("repos_url", absl::StrCat(user, "/repos"));
  out.Text("events_url", absl::StrCat(user, "/events{/privacy}"));
  out.Text("received_events_url", absl::StrCat(user, "/received_events"));
}

void WriteUser(Writer& out, Urls const& urls, absl::string_view key, std::string const& login) {
  std::string const user = absl::StrCat(urls.api, "/users/", login);
  out.Key(key);
  out.Open();
  out.Text("login", login);
  out.Int("id", UserId(login));
  out.Text("node_id", absl::StrCat("U_", UserId(login)));
  out.Text("avatar_url", absl::StrCat(urls.web, "/avatars/", login));
  out.Text("gravatar_id", "");
  out.Text("url", user);
  out.Text("html_url", absl::StrCat(urls.web, "/", login));
  WriteUserLinks(out, user);
  out.Text("type", "User");
  out.Bool("site_admin", false);
  out.Close();
}

std::string ReleaseUrl(Urls const& urls, Repository const& repository, FakeRelease const& release) {
  return absl::StrCat(urls.api, "/repos/", repository.name, "/releases/", release.id);
}

void WriteReleaseLinks(Writer& out, Urls const& urls, Repository const& repository,
                       FakeRelease const& release) {
  std::string const url = ReleaseUrl(urls, repository, release);
  std::string const ball = absl::StrCat(urls.api, "/repos/", repository.name);
  out.Text("url", url);
  out.Text("assets_url", absl::StrCat(url, "/assets"));
  out.Text("upload_url", absl::StrCat(urls.uploads, "/repos/", repository.name, "/releases/",
                                      release.id, "/assets{?name,label}"));
  out.Text("html_url",
           absl::StrCat(urls.web, "/", repository.name, "/releases/tag/", PathOf(release.tag)));
  out.Text("tarball_url", absl::StrCat(ball, "/tarball/", PathOf(release.tag)));
  out.Text("zipball_url", absl::StrCat(ball, "/zipball/", PathOf(release.tag)));
}

void WriteReleaseFields(Writer& out, FakeRelease const& release) {
  out.Int("id", release.id);
  out.Text("node_id", absl::StrCat("RE_", release.id));
  out.Text("tag_name", release.tag);
  out.Text("target_commitish", release.target);
  out.TextOrNull("name", release.name);
  out.TextOrNull("body", release.body);
  out.Bool("draft", release.draft);
  out.Bool("prerelease", release.prerelease);
  out.Bool("immutable", release.immutable);
  out.Text("created_at", IsoTime(release.created_at));
  out.Text("updated_at", IsoTime(release.updated_at));
  out.TextOrNull("published_at", release.draft ? "" : IsoTime(release.published_at));
}

std::string EmbeddedAssets(Urls const& urls, Repository const& repository,
                           FakeRelease const& release, int embedded, absl::Time now) {
  std::vector<std::string> assets;
  for (FakeAsset const& asset : release.assets)
    if (asset.listed_from <= now && static_cast<int>(assets.size()) < embedded)
      assets.push_back(AssetJson(urls, repository, release, asset));
  return JsonArray(assets);
}

}  // namespace

std::string AssetJson(Urls const& urls, Repository const& repository, FakeRelease const& release,
                      FakeAsset const& asset) {
  Writer out;
  out.Open();
  out.Text("url",
           absl::StrCat(urls.api, "/repos/", repository.name, "/releases/assets/", asset.id));
  out.Int("id", asset.id);
  out.Text("node_id", absl::StrCat("RA_", asset.id));
  out.Text("name", asset.name);
  out.Text("label", asset.label);
  WriteUser(out, urls, "uploader", asset.uploader.empty() ? "ghost" : asset.uploader);
  out.Text("content_type", asset.content_type);
  out.Text("state", asset.state);
  out.Int("size", asset.size);
  if (!asset.without_digest_field) out.TextOrNull("digest", asset.digest);
  out.Int("download_count", asset.download_count);
  out.Text("created_at", IsoTime(asset.created_at));
  out.Text("updated_at", IsoTime(asset.updated_at));
  out.Text("browser_download_url", DownloadUrl(urls, repository, release, asset));
  out.Close();
  return out.Take();
}

std::string ReleaseJson(Urls const& urls, Repository const& repository, FakeRelease const& release,
                        int embedded, absl::Time now) {
  Writer out;
  out.Open();
  WriteReleaseLinks(out, urls, repository, release);
  WriteUser(out, urls, "author", release.author.empty() ? "ghost" : release.author);
  WriteReleaseFields(out, release);
  out.Raw("assets", EmbeddedAssets(urls, repository, release, embedded, now));
  out.Close();
  return out.Take();
}

std::string RepositoryJson(Urls const& urls, Repository const& repository, bool has_login,
                           bool may_write) {
  std::pair<std::string, std::string> const name = absl::StrSplit(repository.name, '/');
  Writer out;
  out.Open();
  out.Int("id", repository.id);
  out.Text("node_id", absl::StrCat("R_", repository.id));
  out.Text("name", name.second);
  out.Text("full_name", repository.name);
  WriteUser(out, urls, "owner", name.first);
  out.Bool("private", repository.settings.is_private);
  out.Text("visibility", repository.settings.is_private ? "private" : "public");
  out.Text("html_url", absl::StrCat(urls.web, "/", repository.name));
  out.Text("url", absl::StrCat(urls.api, "/repos/", repository.name));
  out.Text("releases_url", absl::StrCat(urls.api, "/repos/", repository.name, "/releases{/id}"));
  out.Text("default_branch", repository.settings.default_branch);
  out.Bool("archived", false);
  out.Bool("disabled", false);
  if (has_login)
    out.Raw("permissions",
            absl::StrCat(R"({"admin":false,"maintain":false,"push":)", may_write ? "true" : "false",
                         R"(,"triage":false,"pull":true})"));
  out.Close();
  return out.Take();
}

std::string JsonArray(std::vector<std::string> const& elements) {
  return absl::StrCat("[", absl::StrJoin(elements, ","), "]");
}

std::string DownloadUrl(Urls const& urls, Repository const& repository, FakeRelease const& release,
                        FakeAsset const& asset) {
  return absl::StrCat(urls.web, "/", repository.name, "/releases/download/", PathOf(release.tag),
                      "/", PercentEncode(asset.name));
}

std::string StorageUrl(Urls const& urls, FakeAsset const& asset) {
  return absl::StrCat(urls.storage, "/asset/", asset.id, "/", PercentEncode(asset.name),
                      "?sig=fake");
}

std::string IsoTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

}  // namespace probefarm::fake_github
