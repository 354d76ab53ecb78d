#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/config/release_config.h"
#include "coordinator/releases/directory/directory_host.h"
#include "coordinator/releases/github/changelog/changelog_writer.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "coordinator/web/http_exchange.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"

namespace probefarm {

struct ReleasePlaceOptions {
  std::string data_dir;    // for what is remembered of GitHub's pages
  std::string public_url;  // of the coordinator's HTTP port
  std::string user_agent;
};

// The release host that the configuration names, with all that it works with. Thread-safe, but for
// Stop().
class ReleasePlace {
 public:
  // `clock` and `metrics` outlive it. Errors say which key of the configuration is in the way.
  static absl::StatusOr<std::unique_ptr<ReleasePlace>> Open(ReleasesConfig const& config,
                                                            ReleasePlaceOptions const& options,
                                                            Clock const& clock, Metrics& metrics);
  virtual ~ReleasePlace() = default;

  virtual ReleaseHost& host() = 0;
  // The folder's, which the HTTP server serves; null when releases lie elsewhere.
  virtual DirectoryHost* directory() { return nullptr; }
  // What people put in front of "<tag>/<file>"; ends in a slash.
  virtual std::string download_url() const = 0;
  // Of a file whose URL no catalog knows: a side file of the first repository.
  virtual std::string UrlOf(std::string const& tag, std::string const& file) const = 0;
  // Between two rounds of side files; and whether a publication brings one forward.
  virtual absl::Duration side_files_interval() const { return absl::Seconds(5); }
  virtual bool side_files_at_once() const { return true; }
  // How many bundles of logs a release has places for.
  virtual int most_log_bundles() const { return 10'000; }
  // Whether upload grants hold a token that must not travel in plain text.
  virtual bool grants_hold_tokens() const { return false; }
  // Every few seconds.
  virtual void RunOnce() {}
  // What brings the changelogs up to the catalog, and how often that is to be done; null: there are
  // none. `store` outlives it, and this does.
  virtual std::unique_ptr<ChangelogWriter> MakeChangelog(Store& /*store*/) { return nullptr; }
  virtual absl::Duration changelog_interval() const { return absl::Hours(1); }
  // Nobody waits for limits any more: the program ends. Idempotent.
  virtual void Stop() {}
};

}  // namespace probefarm
