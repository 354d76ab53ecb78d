#include "lib/http/redirect.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/match.h"
#include "lib/http/curl_session.h"
#include "lib/http/url_host.h"

namespace probefarm {
namespace {

constexpr int kMovedPermanently = 301;
constexpr int kFound = 302;
constexpr int kSeeOther = 303;
constexpr std::array kRedirects = {kMovedPermanently, kFound, kSeeOther, 307, 308};

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  return CurlString(text).get();
}

bool BecomesGet(std::string const& method, int status) {
  if (status == kSeeOther) return method != "HEAD";
  return method == "POST" && (status == kMovedPermanently || status == kFound);
}

CurlUrl Resolve(CURLU* base, std::string const& location) {
  CurlUrl url(curl_url_dup(base));
  if (!url || curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK)
    return nullptr;
  std::string const scheme = Part(url.get(), CURLUPART_SCHEME);
  return scheme == "http" || scheme == "https" ? std::move(url) : nullptr;
}

void DropBody(HttpRequest& request) {
  request.method = "GET";
  request.body.clear();
  request.body_source = nullptr;
  request.headers.erase(
      std::remove_if(
          request.headers.begin(), request.headers.end(),
          [](auto const& header) { return absl::StartsWithIgnoreCase(header.first, "content-"); }),
      request.headers.end());
}

}  // namespace

std::optional<HttpRequest> FollowRedirect(HttpRequest const& request,
                                          HttpResponse const& response) {
  auto const location = response.headers.find("location");
  bool const redirect =
      std::find(kRedirects.begin(), kRedirects.end(), response.status) != kRedirects.end();
  if (!redirect || location == response.headers.end()) return std::nullopt;

  CurlUrl const from(curl_url());
  if (!from || curl_url_set(from.get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  CurlUrl const to = Resolve(from.get(), location->second);
  if (!to) return std::nullopt;

  HttpRequest next = request;
  if (BecomesGet(request.method, response.status)) DropBody(next);
  if (next.body_source) return std::nullopt;
  next.url = Part(to.get(), CURLUPART_URL);
  if (!SameOrigin(request.url, next.url)) next.headers.clear();
  return next;
}

}  // namespace probefarm
