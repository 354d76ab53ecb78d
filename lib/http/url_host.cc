#include "lib/http/url_host.h"

#include "absl/strings/ascii.h"
#include "lib/http/curl_session.h"

namespace probefarm {

std::string HostOfUrl(std::string const& url) {
  CurlUrl const parsed(curl_url());
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return "";
  char* text = nullptr;
  if (curl_url_get(parsed.get(), CURLUPART_HOST, &text, 0) != CURLUE_OK) return "";
  CurlString const found(text);
  return absl::AsciiStrToLower(found.get());
}

bool IsAtHost(std::string const& url, std::string const& host) {
  std::string const found = HostOfUrl(url);
  return !found.empty() && found == absl::AsciiStrToLower(host);
}

}  // namespace probefarm
