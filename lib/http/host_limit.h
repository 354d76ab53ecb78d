#pragma once

#include <map>
#include <string>

#include "lib/http/http_client.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Sends requests through another client, to each host no more than so many at the same time: a
// mirror is somebody's kindness. Those beyond wait their turn; what `cancelled` says is heard while
// they do, and a wait counts for none of the timeouts. Redirects go where they go. Thread-safe.
class HostLimitedClient final : public HttpClient {
 public:
  // `http` outlives this.
  HostLimitedClient(HttpClient* http, int per_host) : http_(http), per_host_(per_host) {}

  absl::StatusOr<HttpResponse> Send(HttpRequest const& request) override EXCLUDES(mu_);

 private:
  absl::Status Enter(std::string const& host, HttpRequest const& request) EXCLUDES(mu_);
  void Leave(std::string const& host) EXCLUDES(mu_);

  HttpClient* const http_;
  int const per_host_;
  Mutex mu_;
  CondVar left_;
  std::map<std::string, int> busy_ GUARDED_BY(mu_);  // by host; none is 0
};

}  // namespace probefarm
