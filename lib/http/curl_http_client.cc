#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/http/curl_session.h"
#include "lib/http/curl_transfer.h"
#include "lib/http/http_client.h"
#include "lib/http/redirect.h"
#include "lib/http/request_check.h"
#include "lib/http/url_host.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Sessions that no transfer is using. Thread-safe.
class SessionPool {
 public:
  absl::StatusOr<std::unique_ptr<CurlSession>> Take() EXCLUDES(mu_) {
    {
      MutexLock lock(mu_);
      if (!idle_.empty()) {
        std::unique_ptr<CurlSession> session = std::move(idle_.back());
        idle_.pop_back();
        return session;
      }
    }
    return CurlSession::Make();
  }

  void Return(std::unique_ptr<CurlSession> session) EXCLUDES(mu_) {
    MutexLock lock(mu_);
    if (idle_.size() < kMostIdle) idle_.push_back(std::move(session));
  }

 private:
  static constexpr size_t kMostIdle = 8;

  Mutex mu_;
  std::vector<std::unique_ptr<CurlSession>> idle_ GUARDED_BY(mu_);
};

class CurlHttpClient final : public HttpClient {
 public:
  CurlHttpClient(CurlEndpoint endpoint, HttpTrust trust)
      : endpoint_(std::move(endpoint)), trust_(std::move(trust)) {}

  absl::StatusOr<HttpResponse> Send(HttpRequest const& request) override {
    ASSIGN_OR_RETURN(std::unique_ptr<CurlSession> session, sessions_.Take());
    absl::StatusOr<HttpResponse> response = SendOn(*session, request);
    sessions_.Return(std::move(session));
    return response;
  }

 private:
  absl::StatusOr<HttpResponse> SendOn(CurlSession& session, HttpRequest const& first) {
    absl::Duration const deadline = clock_.SinceBoot() + first.total_timeout;
    HttpRequest request = first;
    for (int redirects = 0;; ++redirects) {
      absl::StatusOr<HttpResponse> response = Exchange(session, request, deadline);
      if (!response.ok()) return Annotate(response.status(), DescribeRequest(request));
      if (redirects >= first.max_redirects) return response;
      std::optional<HttpRequest> next = FollowRedirect(request, *response);
      if (!next) return response;
      request = *std::move(next);
    }
  }

  absl::StatusOr<HttpResponse> Exchange(CurlSession& session, HttpRequest const& request,
                                        absl::Duration deadline) {
    RETURN_IF_ERROR(CheckRequest(request));
    session.Prepare(endpoint_);
    if (!trust_.host.empty() && IsAtHost(request.url, trust_.host)) session.TrustOnly(trust_.ca());
    return CurlTransfer(session, request, clock_, deadline).Run();
  }

  CurlEndpoint const endpoint_;
  HttpTrust const trust_;
  SystemClock const clock_;
  SessionPool sessions_;
};

}  // namespace

std::unique_ptr<HttpClient> MakeHttpClient(std::string user_agent, HttpTrust trust) {
  return std::make_unique<CurlHttpClient>(CurlEndpoint{std::move(user_agent), ""},
                                          std::move(trust));
}

std::unique_ptr<HttpClient> MakeUnixSocketHttpClient(std::string socket_path,
                                                     std::string user_agent) {
  return std::make_unique<CurlHttpClient>(
      CurlEndpoint{std::move(user_agent), std::move(socket_path)}, HttpTrust());
}

}  // namespace probefarm
