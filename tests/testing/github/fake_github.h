#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/runtime/clock.h"
#include "tests/testing/github/fake_fault.h"
#include "tests/testing/github/fake_limits.h"
#include "tests/testing/github/fake_release.h"

namespace probefarm {

struct FakeGitHubOptions {
  // Of the API; uploads, web and storage have the three ports above it. 0: any free ones.
  int port = 0;
  // Repositories, releases, assets, tokens and files are kept here and are there again after a
  // restart, even after SIGKILL; counters, faults and limits are not. Empty: in memory alone.
  std::string state_dir;
  // Must outlive the fake. Null: the machine's. AdvanceClock() comes on top of it. Slow bodies are
  // slow in real time, whatever the clock.
  Clock const* clock = nullptr;
  FakeLimits limits;
  // What answers say instead of the own listeners, for a proxy in front: "http://127.0.0.1:4010".
  std::string public_api_url;
  std::string public_uploads_url;
  // As at GitHub: Link goes to /repositories/<id>/… and not to the path that was asked for.
  bool links_by_id = true;
  // As at GitHub: another token, another ETag.
  bool etag_by_token = false;
  // How many assets a release carries along in its own JSON. GitHub: all.
  int embedded_assets = 1000;
  // A client that goes away in the middle of an upload leaves a `starter` asset.
  bool starter_on_abort = true;
};

// What a listener got. Requests to /_control are not among them.
struct FakeRequest {
  std::string listener;  // "api", "uploads", "web", "storage"
  std::string method;
  std::string target;  // path and query, as sent
  std::string host;    // the Host header
  bool has_authorization = false;
  FakeCallKind kind = FakeCallKind::kAny;
  int status = 0;  // 0: no answer was sent (yet)
  absl::Time at;
};

struct FakeCounters {
  std::map<std::string, int64_t> calls;       // by FakeCallKindName(); storage included
  int64_t not_modified = 0;                   // 304
  int64_t points = 0;                         // of the primary limit, all logins
  int64_t limited = 0;                        // calls that a limit refused: a good client has none
  std::map<std::string, int64_t> limited_by;  // "primary", "concurrent", "points",
                                              // "content-minute", "content-hour"
  int64_t most_concurrent = 0;
  int64_t leaked_tokens = 0;  // Authorization at the web or storage listener, or at a wrong host
  int64_t faults_struck = 0;
};

// A GitHub for tests: the part of it that publishes releases, with its rules, its limits and, on
// demand, its failures. Speaks HTTP/1.1 on 127.0.0.1, without TLS, on four listeners that stand for
// four hosts: the API (api.github.com), uploads (uploads.github.com), web (github.com:
// browser_download_url) and storage (where downloads are redirected to; takes no token).
// Thread-safe. Rules are GitHub's documentation and observed answers; each stands with its code.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<FakeGitHub> github, FakeGitHub::Start({}));
//   github->AddRepository("o/r");
//   github->AddToken({.value = "secret"});
//   RETURN_IF_ERROR(github->Plant("502-starter kind=upload"));
//   … the code under test, with github->api_url() …
//   EXPECT_EQ(github->Releases("o/r").at(0).assets.size(), 1);
//   EXPECT_EQ(github->counters().limited, 0);
class FakeGitHub {
 public:
  // Serves when this returns. UNAVAILABLE when a port cannot be had or the state not be read.
  static absl::StatusOr<std::unique_ptr<FakeGitHub>> Start(FakeGitHubOptions options);
  // Hangs up on everybody and joins.
  ~FakeGitHub();

  FakeGitHub(FakeGitHub const&) = delete;
  FakeGitHub& operator=(FakeGitHub const&) = delete;

  // "http://127.0.0.1:PORT", without a slash at the end.
  std::string api_url() const;
  std::string uploads_url() const;
  std::string web_url() const;
  std::string storage_url() const;

  // `repository` is "o/r". The same again changes its settings.
  void AddRepository(std::string const& repository, FakeRepository settings = {});
  void AddToken(FakeToken token);
  void AddApp(FakeApp app);
  // From now on the token is "Bad credentials".
  void ExpireToken(std::string const& value);

  // What is there, without lag, drafts included, oldest first. Empty when there is no such
  // repository.
  std::vector<FakeRelease> Releases(std::string const& repository) const;
  // The published one; null when there is none.
  std::optional<FakeRelease> Release(std::string const& repository, std::string const& tag) const;
  // A file of the contents API. NOT_FOUND.
  absl::StatusOr<std::string> FileContent(std::string const& repository,
                                          std::string const& path) const;

  // Plants a release or an asset past all rules, limits and counters: replaces the one with the
  // same id. Times that are not set become now, id 0 a new one; size and digest follow `bytes`
  // where they are not set (the digest "null" stays none). Returns the id; 0 when there is no such
  // repository, or no published release of that tag.
  int64_t PutRelease(std::string const& repository, FakeRelease release);
  int64_t PutAsset(std::string const& repository, std::string const& tag, FakeAsset asset);
  // False when there is none.
  bool RemoveAsset(std::string const& repository, int64_t id);
  bool RemoveRelease(std::string const& repository, int64_t id);

  void Plant(FakeFault fault);
  // A rule of ParseFakeFault(), with its errors.
  absl::Status Plant(std::string const& rule);
  void ClearFaults();
  // What is made from now on is in lists `lag` later; by id it is there at once.
  void SetListLag(absl::Duration lag);
  // Each lag is drawn from [least, most] by `seed`.
  void SetListLag(absl::Duration least, absl::Duration most, uint64_t seed);
  // A new release is 404 by its tag for so long.
  void SetTagLag(absl::Duration lag);
  void SetLimits(FakeLimits limits);

  // The fake's time: that of its clock and what was added to it.
  absl::Time Now() const;
  void AdvanceClock(absl::Duration by);

  FakeCounters counters() const;
  void ResetCounters();
  // In the order in which they came.
  std::vector<FakeRequest> requests() const;

 private:
  class Impl;
  explicit FakeGitHub(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace probefarm
