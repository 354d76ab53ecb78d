#include "coordinator/releases/github/github_api.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "coordinator/releases/github/github_json.h"
#include "lib/driver/asset_name.h"
#include "lib/http/url_host.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Json = nlohmann::json;

constexpr int kUnauthorized = 401;
// GitHub lists no more than 10,000 releases; a release holds 1,000 assets.
constexpr int kMostReleasePages = 1000;
constexpr int kMostAssetPages = 20;
// A release carries all its assets along, some 2 KB each: ten full ones are 20 MB.
constexpr size_t kReleasesPerPage = 10;
constexpr int64_t kLargestAnswer = 64 << 20;
constexpr absl::Duration kConnect = absl::Seconds(10);
constexpr absl::Duration kIdle = absl::Seconds(30);
constexpr absl::Duration kWhole = absl::Minutes(2);
constexpr absl::Duration kWholeDownload = absl::Minutes(10);
constexpr int kDownloadRedirects = 5;
constexpr int kRedirects = 3;  // a repository that was renamed; FollowRedirect() guards the token

std::pair<std::string, std::string> const kJsonBody{"Content-Type", "application/json"};

std::string Dump(Json const& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

GitHubAnswer AnswerOf(absl::StatusOr<HttpResponse> const& response) {
  if (!response.ok()) return {0, {}, {}, std::string(response.status().message())};
  return {response->status, response->headers, response->body, ""};
}

// As one segment of a path: a tag may hold a slash. EncodeUrlPath() leaves it as it is.
std::string EncodeSegment(absl::string_view text) {
  return absl::StrReplaceAll(EncodeUrlPath(text), {{"/", "%2F"}});
}

}  // namespace

GitHubApi::GitHubApi(HttpClient& http, TokenSource& tokens, RequestGate& gate,
                     PageCache const& pages, PacingPause* pause, GitHubOptions options)
    : http_(http),
      tokens_(tokens),
      gate_(gate),
      pause_(pause),
      options_(std::move(options)),
      pages_(pages, options_.api_url,
             [this](RequestKind kind, HttpRequest request, std::string const& doing) {
               request.max_redirects = kRedirects;
               return Send(kind, std::move(request), doing);
             }) {}

std::string GitHubApi::Url(std::string const& repository, absl::string_view path) const {
  return absl::StrCat(options_.api_url, "/repos/", repository, path);
}

absl::StatusOr<RequestPlace> GitHubApi::Enter(RequestKind kind, std::string const& doing) {
  while (true) {
    std::variant<RequestPlace, WaitUntil> entered = gate_.Enter(kind);
    if (auto* place = std::get_if<RequestPlace>(&entered)) return std::move(*place);
    WaitUntil const& wait = std::get<WaitUntil>(entered);
    if (pause_ == nullptr) return absl::UnavailableError(absl::StrCat(doing, ": ", wait.why));
    if (!pause_->WaitUntil(wait.not_before))
      return absl::CancelledError(absl::StrCat(doing, ": the coordinator stops"));
  }
}

absl::StatusOr<HttpResponse> GitHubApi::Send(RequestKind kind, HttpRequest request,
                                             std::string const& doing) {
  ASSIGN_OR_RETURN(AccessToken const token, tokens_.Token());
  ASSIGN_OR_RETURN(RequestPlace place, Enter(kind, doing));
  request.headers.emplace_back("Authorization", absl::StrCat("Bearer ", token.secret.Reveal()));
  request.headers.emplace_back("Accept", "application/vnd.github+json");
  request.headers.emplace_back("X-GitHub-Api-Version", "2022-11-28");
  request.max_body_bytes = kLargestAnswer;
  request.connect_timeout = kConnect;
  request.idle_timeout = kIdle;
  request.total_timeout = kWhole;
  absl::StatusOr<HttpResponse> response = http_.Send(request);
  GitHubAnswer const answer = AnswerOf(response);
  gate_.Leave(std::move(place), ForGate(answer));
  if (answer.http_status == kUnauthorized) tokens_.Reject(token.secret);
  RETURN_IF_ERROR(ToStatus(InterpretGitHub(doing, answer)));
  return *std::move(response);
}

absl::Status GitHubApi::Download(std::string const& url, int64_t max_bytes, BodySink sink) {
  int64_t left = max_bytes;
  HttpRequest request{.url = url};
  request.connect_timeout = kConnect;
  request.idle_timeout = kIdle;
  request.total_timeout = kWholeDownload;
  request.max_redirects = kDownloadRedirects;
  request.sink = [&](absl::string_view bytes) {
    left -= static_cast<int64_t>(bytes.size());
    if (left < 0)
      return absl::ResourceExhaustedError(absl::StrCat("more than ", max_bytes, " bytes"));
    return sink(bytes);
  };
  ASSIGN_OR_RETURN(HttpResponse const response, http_.Send(request));
  return HttpStatusToStatus(response, absl::StrCat("download ", url));
}

absl::StatusOr<HttpResponse> GitHubApi::Get(std::string const& url, std::string const& doing) {
  return Send(RequestKind::kRead, {.url = url, .max_redirects = kRedirects}, doing);
}

template <class T>
absl::StatusOr<std::vector<T>> GitHubApi::GetPages(
    PagedList const& list, std::string const& doing,
    absl::StatusOr<std::vector<T>> (*parse)(absl::string_view)) {
  std::vector<T> all;
  RETURN_IF_ERROR(
      pages_.ReadAll(list, doing, [&](absl::string_view body) -> absl::StatusOr<size_t> {
        ASSIGN_OR_RETURN(std::vector<T> items, parse(body));
        std::move(items.begin(), items.end(), std::back_inserter(all));
        return items.size();
      }));
  return all;
}

absl::StatusOr<std::string> GitHubApi::DefaultBranch(std::string const& repository) {
  std::string branch;
  RETURN_IF_ERROR(pages_.Read(Url(repository, ""), absl::StrCat("look at repository ", repository),
                              [&](absl::string_view body) -> absl::StatusOr<size_t> {
                                ASSIGN_OR_RETURN(branch, ParseGitHubDefaultBranch(body));
                                return 1;
                              }));
  return branch;
}

absl::StatusOr<std::vector<GitHubRelease>> GitHubApi::ListReleases(std::string const& repository) {
  PagedList const list{
      .url = Url(repository, "/releases"), .per_page = kReleasesPerPage, .most = kMostReleasePages};
  return GetPages<GitHubRelease>(list, absl::StrCat("list the releases of ", repository),
                                 &ParseGitHubReleases);
}

absl::StatusOr<GitHubRelease> GitHubApi::FindRelease(std::string const& repository,
                                                     std::string const& tag) {
  ASSIGN_OR_RETURN(HttpResponse const response,
                   Get(Url(repository, absl::StrCat("/releases/tags/", EncodeSegment(tag))),
                       absl::StrCat("look for release ", tag, " of ", repository)));
  return ParseGitHubRelease(response.body);
}

absl::StatusOr<GitHubRelease> GitHubApi::CreateRelease(std::string const& repository,
                                                       std::string const& tag,
                                                       std::string const& target) {
  HttpRequest request{
      .method = "POST", .url = Url(repository, "/releases"), .headers = {kJsonBody}};
  request.body = Dump({{"tag_name", tag},
                       {"target_commitish", target},
                       {"name", tag},
                       {"draft", false},
                       {"prerelease", false},
                       {"make_latest", "false"}});
  ASSIGN_OR_RETURN(HttpResponse const response,
                   Send(RequestKind::kWrite, std::move(request),
                        absl::StrCat("create release ", tag, " of ", repository)));
  return ParseGitHubRelease(response.body);
}

absl::StatusOr<GitHubRelease> GitHubApi::GetRelease(std::string const& repository, int64_t id) {
  ASSIGN_OR_RETURN(HttpResponse const response,
                   Get(Url(repository, absl::StrCat("/releases/", id)),
                       absl::StrCat("look at release ", id, " of ", repository)));
  return ParseGitHubRelease(response.body);
}

absl::StatusOr<GitHubRelease> GitHubApi::WriteBody(std::string const& repository, int64_t id,
                                                   std::string const& body) {
  HttpRequest request{.method = "PATCH",
                      .url = Url(repository, absl::StrCat("/releases/", id)),
                      .headers = {kJsonBody},
                      .body = Dump({{"body", body}})};
  ASSIGN_OR_RETURN(HttpResponse const response,
                   Send(RequestKind::kWrite, std::move(request),
                        absl::StrCat("write the notes of release ", id, " of ", repository)));
  return ParseGitHubRelease(response.body);
}

absl::StatusOr<std::vector<GitHubAsset>> GitHubApi::ListAssets(std::string const& repository,
                                                               int64_t release, int first) {
  PagedList const list{.url = Url(repository, absl::StrCat("/releases/", release, "/assets")),
                       .first = first,
                       .per_page = kAssetsPerPage,
                       .most = kMostAssetPages};
  return GetPages<GitHubAsset>(
      list, absl::StrCat("list the assets of release ", release, " of ", repository),
      &ParseGitHubAssets);
}

absl::StatusOr<GitHubAsset> GitHubApi::GetAsset(std::string const& repository, int64_t id) {
  ASSIGN_OR_RETURN(HttpResponse const response,
                   Get(Url(repository, absl::StrCat("/releases/assets/", id)),
                       absl::StrCat("look at asset ", id, " of ", repository)));
  return ParseGitHubAsset(response.body);
}

absl::StatusOr<GitHubAsset> GitHubApi::RenameAsset(std::string const& repository, int64_t id,
                                                   std::string const& name) {
  HttpRequest request{.method = "PATCH",
                      .url = Url(repository, absl::StrCat("/releases/assets/", id)),
                      .headers = {kJsonBody},
                      .body = Dump({{"name", name}})};
  ASSIGN_OR_RETURN(HttpResponse const response,
                   Send(RequestKind::kWrite, std::move(request),
                        absl::StrCat("rename asset ", id, " of ", repository, " to ", name)));
  return ParseGitHubAsset(response.body);
}

absl::Status GitHubApi::DeleteAsset(std::string const& repository, int64_t id) {
  absl::Status const deleted =
      Send(RequestKind::kWrite,
           {.method = "DELETE", .url = Url(repository, absl::StrCat("/releases/assets/", id))},
           absl::StrCat("delete asset ", id, " of ", repository))
          .status();
  return absl::IsNotFound(deleted) ? absl::OkStatus() : deleted;
}

absl::Status GitHubApi::CheckUploadHost(GitHubRelease const& release,
                                        std::string const& doing) const {
  if (SameOrigin(release.upload_url, options_.uploads_url)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(doing, ": the release wants files at ",
                                                    HostOfUrl(release.upload_url),
                                                    ", not at releases.github.uploads_url"));
}

absl::StatusOr<GitHubAsset> GitHubApi::UploadAsset(GitHubRelease const& release,
                                                   std::string const& name,
                                                   std::string const& content) {
  std::string const doing = absl::StrCat("upload ", name, " to release ", release.tag);
  if (content.empty())
    return absl::InvalidArgumentError(absl::StrCat(doing, ": GitHub takes no empty file"));
  RETURN_IF_ERROR(CheckUploadHost(release, doing));
  HttpRequest request{.method = "POST",
                      .url = absl::StrCat(release.upload_url, "?name=", EncodeSegment(name)),
                      .headers = {{"Content-Type", "application/octet-stream"}},
                      .body = content};
  ASSIGN_OR_RETURN(HttpResponse const response,
                   Send(RequestKind::kUpload, std::move(request), doing));
  return ParseGitHubAsset(response.body);
}

absl::StatusOr<RepositoryFile> GitHubApi::ReadFile(std::string const& repository,
                                                   std::string const& path) {
  std::string const doing = absl::StrCat("read ", path, " of ", repository);
  ASSIGN_OR_RETURN(HttpResponse const response,
                   Get(Url(repository, absl::StrCat("/contents/", EncodeUrlPath(path))), doing));
  absl::StatusOr<RepositoryFile> file = ParseRepositoryFile(response.body);
  if (!file.ok()) return Annotate(file.status(), doing);
  return file;
}

absl::Status GitHubApi::CommitFile(std::string const& repository, std::string const& path,
                                   std::string const& content, std::string const& sha,
                                   std::string const& message) {
  Json body = {{"message", message}, {"content", absl::Base64Escape(content)}};
  if (!sha.empty()) body["sha"] = sha;
  HttpRequest request{.method = "PUT",
                      .url = Url(repository, absl::StrCat("/contents/", EncodeUrlPath(path))),
                      .headers = {kJsonBody},
                      .body = Dump(body)};
  return Send(RequestKind::kWrite, std::move(request),
              absl::StrCat("commit ", path, " to ", repository))
      .status();
}

absl::StatusOr<UploadGrant> GitHubApi::UploadRequest(GitHubRelease const& release,
                                                     std::string const& name,
                                                     std::string const& label,
                                                     absl::Time deadline) {
  RETURN_IF_ERROR(
      CheckUploadHost(release, absl::StrCat("upload ", name, " to release ", release.tag)));
  ASSIGN_OR_RETURN(AccessToken const token, tokens_.Token());
  UploadGrant grant;
  grant.method = "POST";
  grant.url = absl::StrCat(release.upload_url, "?name=", EncodeSegment(name),
                           "&label=", EncodeSegment(label));
  grant.headers = {{"Authorization", absl::StrCat("Bearer ", token.secret.Reveal())},
                   {"Accept", "application/vnd.github+json"},
                   {"Content-Type", "application/octet-stream"},
                   {"X-GitHub-Api-Version", "2022-11-28"}};
  grant.deadline = std::min(deadline, token.expires_at);
  return grant;
}

}  // namespace probefarm
