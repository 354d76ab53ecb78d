#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/testing/github/fake_github.h"

namespace probefarm {

// What a farm's configuration says of its GitHub beside the addresses, as YAML.
struct FarmGitHubConfig {
  // The mapping `credentials`. Empty: kToken in a file, which goes to workers, too.
  std::string credentials;
  // The mapping `limits`: so much that pacing is not felt.
  std::string limits =
      "{writes_per_second: 200, writes_per_minute: 6000, writes_per_hour: 100000, "
      "secondary_points_per_minute: 60000, primary_points_per_hour: 1000000, "
      "concurrent_requests: 20}";
  // How often side files are written; reconciling has the same interval.
  std::string interval = "1s";
  // For how long the oldest log waits for others to share a bundle.
  std::string log_bundle_age = "1s";
};

// A fake GitHub with a repository and a token, and the configuration of a farm that publishes
// there. Its own limits are far away, and what takes minutes at GitHub takes seconds. As
// thread-safe as FakeGitHub.
//
//   ASSERT_OK_AND_ASSIGN(github_, FarmGitHub::Start(folder_.path()));
//   config_.releases = github_->Config();
class FarmGitHub {
 public:
  static constexpr char kRepository[] = "falco-drivers/probes";
  static constexpr char kToken[] = "ghs_this-token-must-be-seen-nowhere";

  // Keeps its state in `folder`/github and the token in `folder`/token; `folder` exists.
  static absl::StatusOr<std::unique_ptr<FarmGitHub>> Start(std::string folder);

  FakeGitHub& fake() const { return *fake_; }
  // The value of `releases`.
  std::string Config(FarmGitHubConfig const& config = {}) const;
  // What changed at GitHub since the start, a line each.
  std::string journal_path() const { return folder_ + "/github/journal"; }

 private:
  FarmGitHub(std::string folder, std::unique_ptr<FakeGitHub> fake);

  std::string const folder_;
  std::unique_ptr<FakeGitHub> const fake_;
};

}  // namespace probefarm
