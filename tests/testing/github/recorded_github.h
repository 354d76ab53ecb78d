#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/testing/github/http_connection.h"
#include "tests/testing/github/recording.h"

namespace probefarm {

// Gives the answers that somebody recorded of the real GitHub, step by step in their order. Reads
// the JSON of npm's @octokit/fixtures, `normalized-fixture.json` or `raw-fixture.json` (as nock
// writes it). Thread-safe.
//
// A request must be the next step's in method, host (API or uploads), path and query, and in its
// body where that is JSON or was recorded; headers are not compared. The URLs of api.github.com and
// uploads.github.com become those of the listeners, also in the path of a Link. Anything else is
// answered 501 and becomes a complaint; the step stays the next one.
class RecordedGitHub {
 public:
  // The first `skip` steps are left out: what a recording does to prepare. `port` as
  // FakeGitHubOptions::port. INVALID_ARGUMENT when the file is no such recording.
  static absl::StatusOr<std::unique_ptr<RecordedGitHub>> Start(std::string const& file,
                                                               int skip = 0, int port = 0);
  // Steps of ReadRecording(), as the caller has chosen and changed them. UNAVAILABLE when there is
  // no port.
  static absl::StatusOr<std::unique_ptr<RecordedGitHub>> Replay(
      std::vector<fake_github::RecordedStep> steps, int port = 0);
  ~RecordedGitHub();

  std::string api_url() const;
  std::string uploads_url() const;

  // "POST /repos/o/r/labels at the API", of the next step; empty when all were asked for.
  std::string next_step() const;
  int64_t steps_left() const;
  // What came in place of a step, one text each.
  std::vector<std::string> complaints() const;
  // What came, in its order; complained of or not.
  struct Request {
    fake_github::RequestHead head;
    std::string body;
  };
  std::vector<Request> requests() const;

 private:
  class Impl;
  explicit RecordedGitHub(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace probefarm
