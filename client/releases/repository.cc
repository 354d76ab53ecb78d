#include "client/releases/repository.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/driver/asset_name.h"
#include "lib/http/http_client.h"
#include "lib/http/request_check.h"
#include "lib/http/url_host.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kGitHub[] = "https://github.com/";
constexpr char kGitHubHost[] = "github.com";

// GitHub's rule for names of owners and repositories, and so never "." or "..".
bool IsGitHubName(absl::string_view name) {
  return !name.empty() && name[0] != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

bool IsOwnerAndName(absl::string_view text) {
  std::vector<absl::string_view> const parts = absl::StrSplit(text, '/');
  return parts.size() == 2 && IsGitHubName(parts[0]) && IsGitHubName(parts[1]);
}

absl::Status NotARepository(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", absl::Utf8SafeCHexEscape(text),
                   "' is no repository: give owner/name for one at GitHub, or the http(s) URL of "
                   "one or of a coordinator, without query and user"));
}

absl::Status CheckUrl(std::string const& url) {
  HttpRequest get;
  get.url = url;
  if (url.find_first_of("?#@") != std::string::npos || HostOfUrl(url).empty())
    return NotARepository(url);
  return CheckRequest(get).ok() ? absl::OkStatus() : NotARepository(url);
}

}  // namespace

absl::StatusOr<Repository> ParseRepository(absl::string_view text) {
  if (IsOwnerAndName(text)) return Repository{absl::StrCat(kGitHub, text), false};
  if (!absl::StrContains(text, "://")) return NotARepository(text);
  absl::string_view url = text;
  absl::ConsumeSuffix(&url, "/");
  absl::ConsumeSuffix(&url, "/releases/download");
  absl::ConsumeSuffix(&url, "/releases");
  Repository repository{std::string(url), false};
  RETURN_IF_ERROR(CheckUrl(repository.url));
  repository.own = !IsAtHost(repository.url, kGitHubHost);
  return repository;
}

std::string DownloadUrl(Repository const& repository, absl::string_view tag,
                        absl::string_view file) {
  return absl::StrCat(repository.url, "/releases/download/", EncodeUrlPath(tag), "/",
                      EncodeUrlPath(file));
}

std::vector<std::string> TagsOf(std::string const& driver_version, Arch arch) {
  ProbeId probe;
  probe.driver_version = driver_version;
  probe.arch = arch;
  std::string const tag = ReleaseTag(probe);
  std::string const version(absl::StripSuffix(tag, absl::StrCat("/", ArchName(arch))));
  if (version == tag) return {tag};
  return {tag, version};
}

}  // namespace probefarm
