#include "worker/inputs/fake_http_client.h"

#include <utility>

#include "lib/runtime/status_macros.h"

namespace probefarm {

void FakeHttpClient::Serve(std::string const& url, std::string body) {
  MutexLock lock(mu_);
  bodies_[url] = std::move(body);
}

void FakeHttpClient::Fail(std::string const& url, absl::StatusOr<int> status) {
  MutexLock lock(mu_);
  failures_.insert_or_assign(url, std::move(status));
}

std::vector<std::string> FakeHttpClient::urls() const {
  MutexLock lock(mu_);
  return urls_;
}

absl::StatusOr<HttpResponse> FakeHttpClient::Send(HttpRequest const& request) {
  if (request.cancelled && request.cancelled()) return absl::CancelledError("cancelled");
  if (on_request_) on_request_(request.url);
  ASSIGN_OR_RETURN(HttpResponse response, Answer(request.url));
  if (!request.sink || response.status / 100 != 2) return response;
  if (request.on_head) RETURN_IF_ERROR(request.on_head(response));
  RETURN_IF_ERROR(request.sink(std::exchange(response.body, "")));
  return response;
}

absl::StatusOr<HttpResponse> FakeHttpClient::Answer(std::string const& url) {
  MutexLock lock(mu_);
  urls_.push_back(url);
  if (auto const it = failures_.find(url); it != failures_.end()) {
    ASSIGN_OR_RETURN(int const status, it->second);
    return HttpResponse{.status = status};
  }
  auto const it = bodies_.find(url);
  if (it == bodies_.end()) return HttpResponse{.status = 404};
  return HttpResponse{.status = 200, .body = it->second};
}

}  // namespace probefarm
