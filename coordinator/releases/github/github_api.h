#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/releases/github/credentials/token_source.h"
#include "coordinator/releases/github/github_answer.h"
#include "coordinator/releases/github/github_types.h"
#include "coordinator/releases/github/pacing/request_gate.h"
#include "coordinator/releases/github/page_cache.h"
#include "coordinator/releases/github/page_reader.h"
#include "coordinator/releases/release_host.h"
#include "lib/http/http_client.h"

namespace probefarm {

// Waits until a time, for calls that the limits put off; false when the program stops: the call
// ends then. Thread-safe.
class PacingPause {
 public:
  virtual ~PacingPause() = default;
  virtual bool WaitUntil(absl::Time time) = 0;
};

struct GitHubOptions {
  std::string api_url = "https://api.github.com";          // without a slash at its end
  std::string uploads_url = "https://uploads.github.com";  // files go there and nowhere else
};

// GitHub's REST API, as far as publishing releases needs it. Each call asks the gate first, waits
// as long as it says, is sent once with the token to the API's own host alone, and tells the gate
// what came back. Pages follow `Link` on that host, up to a cap; each is asked for with the ETag of
// the page cache. Thread-safe; calls block.
//
// Whoever must not keep others waiting has an API without a pause: what the limits put off is
// UNAVAILABLE there, with the time from which it is allowed.
//
// Errors: ToStatus(InterpretGitHub()), so NOT_FOUND, ALREADY_EXISTS, RESOURCE_EXHAUSTED (a full
// release), FAILED_PRECONDITION (immutable, or refused for good), PERMISSION_DENIED, UNAVAILABLE
// (trouble, limits, an answer that is not GitHub's); CANCELLED when the program stops. Messages
// hold no secret. `repository` is "owner/name".
class GitHubApi {
 public:
  // All must outlive it. `pause` may be null.
  GitHubApi(HttpClient& http, TokenSource& tokens, RequestGate& gate, PageCache const& pages,
            PacingPause* pause, GitHubOptions options);
  GitHubApi(GitHubApi const&) = delete;
  GitHubApi& operator=(GitHubApi const&) = delete;

  absl::StatusOr<std::string> DefaultBranch(std::string const& repository);

  // All of them, drafts included where the token may see them.
  absl::StatusOr<std::vector<GitHubRelease>> ListReleases(std::string const& repository);
  // The published one. Can be NOT_FOUND for some seconds after it was created.
  absl::StatusOr<GitHubRelease> FindRelease(std::string const& repository, std::string const& tag);
  // At the branch or commit `target` of the repository, never its "latest" release.
  absl::StatusOr<GitHubRelease> CreateRelease(std::string const& repository, std::string const& tag,
                                              std::string const& target);

  absl::StatusOr<GitHubRelease> GetRelease(std::string const& repository, int64_t id);
  // Puts `body` in place of what people read there, and leaves all else. Answers what is there now.
  absl::StatusOr<GitHubRelease> WriteBody(std::string const& repository, int64_t id,
                                          std::string const& body);

  // From the page `first` on (from 1, of kAssetsPerPage, in the order in which they were made).
  absl::StatusOr<std::vector<GitHubAsset>> ListAssets(std::string const& repository,
                                                      int64_t release, int first = 1);
  // PageReader::new_pages().
  int64_t new_pages() const { return pages_.new_pages(); }
  absl::StatusOr<GitHubAsset> GetAsset(std::string const& repository, int64_t id);
  // ALREADY_EXISTS when the name is taken: GitHub replaces nothing.
  absl::StatusOr<GitHubAsset> RenameAsset(std::string const& repository, int64_t id,
                                          std::string const& name);
  // OK when it is gone already.
  absl::Status DeleteAsset(std::string const& repository, int64_t id);
  // A file of the coordinator's own. `release` is what the API told: its upload_url is checked.
  absl::StatusOr<GitHubAsset> UploadAsset(GitHubRelease const& release, std::string const& name,
                                          std::string const& content);

  // A file of the repository's default branch. RESOURCE_EXHAUSTED for one of more than a megabyte.
  absl::StatusOr<RepositoryFile> ReadFile(std::string const& repository, std::string const& path);
  // Commits `content` as the file, in place of what had `sha`; empty: there was none.
  // FAILED_PRECONDITION when there is something else by now.
  absl::Status CommitFile(std::string const& repository, std::string const& path,
                          std::string const& content, std::string const& sha,
                          std::string const& message);

  // A published file, as anyone can have it: no token, no request of the API's. Its bytes go to
  // `sink`; beyond `max_bytes` is RESOURCE_EXHAUSTED. UNAVAILABLE when it does not come whole.
  absl::Status Download(std::string const& url, int64_t max_bytes, BodySink sink);

  // The request with which somebody else uploads a file: it holds the token. FAILED_PRECONDITION
  // when the release names another host for uploads.
  absl::StatusOr<UploadGrant> UploadRequest(GitHubRelease const& release, std::string const& name,
                                            std::string const& label, absl::Time deadline);

 private:
  absl::StatusOr<HttpResponse> Send(RequestKind kind, HttpRequest request,
                                    std::string const& doing);
  absl::StatusOr<RequestPlace> Enter(RequestKind kind, std::string const& doing);
  absl::StatusOr<HttpResponse> Get(std::string const& url, std::string const& doing);
  template <class T>
  absl::StatusOr<std::vector<T>> GetPages(
      PagedList const& list, std::string const& doing,
      absl::StatusOr<std::vector<T>> (*parse)(absl::string_view));
  // FAILED_PRECONDITION when files of the release would go to another host.
  absl::Status CheckUploadHost(GitHubRelease const& release, std::string const& doing) const;
  std::string Url(std::string const& repository, absl::string_view path) const;

  HttpClient& http_;
  TokenSource& tokens_;
  RequestGate& gate_;
  PacingPause* const pause_;
  GitHubOptions const options_;
  PageReader const pages_;
};

}  // namespace probefarm
