#include "lib/http/url_host.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "lib/http/curl_session.h"

namespace probefarm {

namespace {

// Null for what is no URL.
CurlUrl Parse(std::string const& url) {
  CurlUrl parsed(curl_url());
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return nullptr;
  return parsed;
}

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
  CurlString const found(text);
  return absl::AsciiStrToLower(found.get());
}

}  // namespace

std::string HostOfUrl(std::string const& url) {
  CurlUrl const parsed = Parse(url);
  return parsed == nullptr ? "" : Part(parsed.get(), CURLUPART_HOST);
}

bool SameOrigin(std::string const& url, std::string const& other) {
  CurlUrl const a = Parse(url);
  CurlUrl const b = Parse(other);
  if (a == nullptr || b == nullptr) return false;
  constexpr std::array kParts = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
  return std::all_of(kParts.begin(), kParts.end(),
                     [&](CURLUPart part) { return Part(a.get(), part) == Part(b.get(), part); });
}

bool IsAtHost(std::string const& url, std::string const& host) {
  std::string const found = HostOfUrl(url);
  return !found.empty() && found == absl::AsciiStrToLower(host);
}

}  // namespace probefarm
