#include "lib/http/host_limit.h"

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/http/request_check.h"
#include "lib/http/url_host.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr absl::Duration kAskEvery = absl::Seconds(1);

}  // namespace

absl::StatusOr<HttpResponse> HostLimitedClient::Send(HttpRequest const& request) {
  std::string const host = HostOfUrl(request.url);
  RETURN_IF_ERROR(Enter(host, request));
  absl::Cleanup const leave = [&] { Leave(host); };
  return http_->Send(request);
}

absl::Status HostLimitedClient::Enter(std::string const& host, HttpRequest const& request) {
  while (!request.cancelled || !request.cancelled()) {
    MutexLock lock(mu_);
    if (busy_[host] >= per_host_) left_.WaitFor(mu_, kAskEvery);
    if (busy_[host] < per_host_) {
      ++busy_[host];
      return absl::OkStatus();
    }
  }
  return absl::CancelledError(absl::StrCat(DescribeRequest(request), ": cancelled"));
}

void HostLimitedClient::Leave(std::string const& host) {
  {
    MutexLock lock(mu_);
    auto const it = busy_.find(host);
    if (--it->second == 0) busy_.erase(it);
  }
  left_.NotifyAll();
}

}  // namespace probefarm
