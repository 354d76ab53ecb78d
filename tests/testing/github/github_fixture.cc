#include "tests/testing/github/github_fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace probefarm {

void GitHubTest::Start(FakeGitHubOptions options) {
  if (options.clock == nullptr) options.clock = &clock;
  github.reset();
  auto started = FakeGitHub::Start(std::move(options));
  ASSERT_TRUE(started.ok()) << started.status();
  github = *std::move(started);
  github->AddRepository("o/r");
  github->AddToken({.value = "secret"});
}

absl::StatusOr<HttpResponse> GitHubTest::TrySend(std::string const& method, std::string const& url,
                                                 std::string const& body, Headers headers) {
  headers.emplace("authorization", "Bearer secret");
  HttpRequest request;
  request.method = method;
  request.url = url;
  request.body = body;
  request.max_body_bytes = 4 << 20;
  request.idle_timeout = absl::Seconds(10);
  for (auto const& [name, value] : headers)
    if (!value.empty()) request.headers.emplace_back(name, value);
  return http->Send(request);
}

HttpResponse GitHubTest::Send(std::string const& method, std::string const& url,
                              std::string const& body, Headers headers) {
  auto response = TrySend(method, url, body, std::move(headers));
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? *std::move(response) : HttpResponse{};
}

HttpResponse GitHubTest::Get(std::string const& path, Headers headers) {
  return Send("GET", github->api_url() + path, "", std::move(headers));
}

GitHubTest::Json GitHubTest::GetJson(std::string const& path) {
  HttpResponse const response = Get(path);
  EXPECT_EQ(response.status, 200) << response.body;
  return Json::parse(response.body, nullptr, false);
}

HttpResponse GitHubTest::Post(std::string const& path, Json const& body) {
  return Send("POST", github->api_url() + path, body.dump());
}

HttpResponse GitHubTest::Patch(std::string const& path, Json const& body) {
  return Send("PATCH", github->api_url() + path, body.dump());
}

HttpResponse GitHubTest::Delete(std::string const& path) {
  return Send("DELETE", github->api_url() + path);
}

int64_t GitHubTest::CreateRelease(std::string const& tag) {
  HttpResponse const response = Post("/repos/o/r/releases", {{"tag_name", tag}});
  EXPECT_EQ(response.status, 201) << response.body;
  Json const json = Json::parse(response.body, nullptr, false);
  return json.is_object() ? json.value("id", int64_t{0}) : 0;
}

std::string GitHubTest::UploadUrl(int64_t release, std::string const& name) {
  return absl::StrCat(github->uploads_url(), "/repos/o/r/releases/", release,
                      "/assets?name=", name);
}

HttpResponse GitHubTest::Upload(int64_t release, std::string const& name,
                                std::string const& bytes) {
  return Send("POST", UploadUrl(release, name), bytes,
              {{"content-type", "application/octet-stream"}});
}

void GitHubTest::Plant(std::string const& rule) {
  absl::Status const planted = github->Plant(rule);
  ASSERT_TRUE(planted.ok()) << planted;
}

std::string FirstError(HttpResponse const& response) {
  auto const json = nlohmann::json::parse(response.body, nullptr, false);
  if (!json.is_object() || !json.contains("errors") || json["errors"].empty()) return "";
  return absl::StrCat(json["errors"][0].value("code", ""), " ",
                      json["errors"][0].value("field", ""));
}

}  // namespace probefarm
