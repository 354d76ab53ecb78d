#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "lib/http/http_client.h"
#include "lib/runtime/fake_clock.h"
#include "tests/testing/github/fake_github.h"

namespace probefarm {

// A fake with the repository "o/r" and the token "secret", and a client that knows no retries.
class GitHubTest : public testing::Test {
 protected:
  using Json = nlohmann::json;
  using Headers = std::map<std::string, std::string>;

  void SetUp() override { Start({}); }
  // In place of the one that runs. `options.clock` is `clock` unless it is set.
  void Start(FakeGitHubOptions options);

  // With the token, unless `headers` have another "authorization" (empty: none). Follows nothing.
  absl::StatusOr<HttpResponse> TrySend(std::string const& method, std::string const& url,
                                       std::string const& body = "", Headers headers = {});
  // Fails the test when no answer came.
  HttpResponse Send(std::string const& method, std::string const& url, std::string const& body = "",
                    Headers headers = {});
  // Of the API; `path` begins with a slash.
  HttpResponse Get(std::string const& path, Headers headers = {});
  Json GetJson(std::string const& path);
  HttpResponse Post(std::string const& path, Json const& body);
  HttpResponse Patch(std::string const& path, Json const& body);
  HttpResponse Delete(std::string const& path);

  int64_t CreateRelease(std::string const& tag);
  std::string UploadUrl(int64_t release, std::string const& name);
  HttpResponse Upload(int64_t release, std::string const& name, std::string const& bytes = "bytes");
  void Plant(std::string const& rule);

  FakeClock clock;
  std::unique_ptr<FakeGitHub> github;
  std::unique_ptr<HttpClient> http = MakeHttpClient("test");
};

// The first error's code and field, "already_exists name"; empty when there are no errors.
std::string FirstError(HttpResponse const& response);

}  // namespace probefarm
