#include "lib/http/url_host.h"

#include "absl/strings/match.h"
#include "lib/http/curl_session.h"

namespace probefarm {

bool IsAtHost(std::string const& url, std::string const& host) {
  CurlUrl const parsed(curl_url());
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return false;
  char* text = nullptr;
  if (curl_url_get(parsed.get(), CURLUPART_HOST, &text, 0) != CURLUE_OK) return false;
  CurlString const found(text);
  return absl::EqualsIgnoreCase(found.get(), host);
}

}  // namespace probefarm
