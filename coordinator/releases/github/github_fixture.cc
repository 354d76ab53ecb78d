#include "coordinator/releases/github/github_fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/driver/asset_name.h"

namespace probefarm {

PacingLimits GitHubFixture::Unlimited() {
  PacingLimits limits;
  limits.writes_per_second = limits.writes_per_minute = limits.writes_per_hour = 100'000;
  limits.secondary_points_per_minute = limits.primary_points_per_hour = 1'000'000;
  limits.primary_reserve = 0;
  limits.concurrent_requests = 1000;
  return limits;
}

GitHubFixture::GitHubFixture(std::string const& api_url, std::string const& uploads_url,
                             std::string token_in, std::string const& repository)
    : limits(Unlimited()), token(std::move(token_in)), urls{api_url, uploads_url} {
  options.repositories = {repository};
  Restart();
}

GitHubFixture::GitHubFixture(PacingLimits const& limits_in)
    : limits(limits_in), token("token-of-the-coordinator") {
  FakeGitHubOptions server;
  server.clock = &clock;
  github = FakeGitHub::Start(server).value();
  github->AddRepository("o/one");
  github->AddRepository("o/two");
  FakeToken known;
  known.value = "token-of-the-coordinator";
  github->AddToken(known);
  urls = {github->api_url(), github->uploads_url()};
  Restart();
}

void GitHubFixture::Restart() {
  host.reset();
  gate = std::make_unique<RequestGate>(limits, clock, metrics);
  pages = std::make_unique<PageCache>(folder / "pages");
  api = std::make_unique<GitHubApi>(*http, token, *gate, *pages, nullptr, urls);
  patient = std::make_unique<GitHubApi>(*http, token, *gate, *pages, &pause, urls);
  host = std::make_unique<GitHubHost>(*api, *patient, *gate, clock, options);
}

UploadReport GitHubFixture::Perform(UploadGrant const& grant, std::string const& bytes) {
  HttpRequest request{.method = grant.method, .url = grant.url, .body = bytes};
  for (auto const& [name, value] : grant.headers) request.headers.emplace_back(name, value);
  absl::StatusOr<HttpResponse> response = http->Send(request);
  if (!response.ok()) return {.error = response.status().ToString()};
  return {.http_status = response->status, .headers = response->headers, .body = response->body};
}

absl::StatusOr<std::string> GitHubFixture::Download(std::string const& repository,
                                                    std::string const& tag,
                                                    std::string const& file) {
  std::string const what = absl::StrCat(tag, "/", file);
  absl::StatusOr<HttpResponse> response =
      http->Send({.url = absl::StrCat(github->web_url(), "/", repository, "/releases/download/",
                                      EncodeUrlPath(what)),
                  .max_redirects = 3});
  if (!response.ok()) return response.status();
  if (response->status != 200) return HttpStatusToStatus(*response, what);
  return response->body;
}

}  // namespace probefarm
