#include "coordinator/releases/github/github_link.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace probefarm {
namespace {

// "<URL>; rel="next"": a URL holds no '>'.
std::optional<std::string> UrlIfNext(absl::string_view link) {
  link = absl::StripAsciiWhitespace(link);
  if (!absl::ConsumePrefix(&link, "<")) return std::nullopt;
  size_t const end = link.find('>');
  if (end == absl::string_view::npos) return std::nullopt;
  for (absl::string_view const parameter : absl::StrSplit(link.substr(end + 1), ';')) {
    absl::string_view const text = absl::StripAsciiWhitespace(parameter);
    if (text == "rel=\"next\"" || text == "rel=next") return std::string(link.substr(0, end));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> NextLink(absl::string_view header) {
  for (absl::string_view const link : absl::StrSplit(header, ',')) {
    if (std::optional<std::string> url = UrlIfNext(link)) return url;
  }
  return std::nullopt;
}

}  // namespace probefarm
