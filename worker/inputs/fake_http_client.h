#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lib/http/http_client.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Serves bodies from memory by their URL and records what was asked for. Any other URL is a 404.
// The method and what is sent do not matter; a body comes in one piece. Thread-safe.
class FakeHttpClient final : public HttpClient {
 public:
  // From now on the URL answers 200 with this body, unless it fails.
  void Serve(std::string const& url, std::string body) EXCLUDES(mu_);
  // From now on the URL answers this status, or none at all with an error.
  void Fail(std::string const& url, absl::StatusOr<int> status) EXCLUDES(mu_);
  // Called for each request before its answer is looked up, without a lock held. Set it before the
  // first request.
  void OnRequest(std::function<void(std::string const& url)> hook) {
    on_request_ = std::move(hook);
  }

  // What was asked for, in order; cancelled requests are not in it.
  std::vector<std::string> urls() const EXCLUDES(mu_);

  absl::StatusOr<HttpResponse> Send(HttpRequest const& request) override EXCLUDES(mu_);

 private:
  absl::StatusOr<HttpResponse> Answer(std::string const& url) EXCLUDES(mu_);

  std::function<void(std::string const& url)> on_request_;
  mutable Mutex mu_;
  std::map<std::string, std::string> bodies_ GUARDED_BY(mu_);
  std::map<std::string, absl::StatusOr<int>> failures_ GUARDED_BY(mu_);
  std::vector<std::string> urls_ GUARDED_BY(mu_);
};

}  // namespace probefarm
