#include "coordinator/config/http_url.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace probefarm {

absl::Status CheckHttpUrl(absl::string_view url) {
  absl::string_view rest = url;
  bool const http = absl::ConsumePrefix(&rest, "https://") || absl::ConsumePrefix(&rest, "http://");
  bool const visible = std::all_of(url.begin(), url.end(), absl::ascii_isgraph);
  if (http && visible && !rest.empty() && rest.front() != '/') return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", absl::Utf8SafeCHexEscape(url), "' is not an http or https URL"));
}

std::string FileNameOf(absl::string_view url) {
  absl::string_view const path = url.substr(0, url.find_first_of("?#"));
  size_t const slash = path.rfind('/');
  return std::string(slash == absl::string_view::npos ? path : path.substr(slash + 1));
}

}  // namespace probefarm
