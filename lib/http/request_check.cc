#include "lib/http/request_check.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/http/curl_session.h"

namespace probefarm {
namespace {

constexpr absl::string_view kTokenPunctuation = "!#$%&'*+-.^_`|~";

bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains(kTokenPunctuation, c);
  });
}

bool IsFieldValue(absl::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c != '\t' && absl::ascii_iscntrl(c); });
}

bool IsHttpUrl(std::string const& url) {
  CurlUrl const parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return false;
  return absl::StartsWithIgnoreCase(url, "http://") || absl::StartsWithIgnoreCase(url, "https://");
}

}  // namespace

std::string DescribeRequest(HttpRequest const& request) {
  absl::string_view const url =
      absl::string_view(request.url).substr(0, request.url.find_first_of("?#"));
  size_t const scheme_end = url.find("://");
  size_t const host = scheme_end == absl::string_view::npos ? 0 : scheme_end + 3;
  size_t const user_end = url.substr(0, url.find('/', host)).rfind('@');
  absl::string_view const rest =
      url.substr(user_end == absl::string_view::npos || user_end < host ? host : user_end + 1);
  return absl::StrCat(request.method, " ",
                      absl::CHexEscape(absl::StrCat(url.substr(0, host), rest)));
}

absl::Status CheckRequest(HttpRequest const& request) {
  if (!IsToken(request.method)) return absl::InvalidArgumentError("not a method of HTTP");
  if (!IsHttpUrl(request.url)) return absl::InvalidArgumentError("not an http or https URL");
  for (auto const& [name, value] : request.headers) {
    if (!IsToken(name) || !IsFieldValue(value))
      return absl::InvalidArgumentError(
          absl::StrCat("header '", absl::CHexEscape(name), "' holds what a header cannot"));
  }
  return absl::OkStatus();
}

}  // namespace probefarm
