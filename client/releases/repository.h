#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/driver/probe.h"

namespace probefarm {

// Where anyone can download releases: a repository at GitHub, or a coordinator that serves its own.
struct Repository {
  std::string url;  // without a slash at its end
  // Of a farm of one's own, whose certificate an authority of one's own may have signed. GitHub's
  // is the system's business.
  bool own = false;
  friend bool operator==(Repository const&, Repository const&) = default;
};

// Of "owner/name" at GitHub, or the URL of a repository there or of a coordinator's HTTP port; what
// loaders are given (…/releases/download) will do too. INVALID_ARGUMENT for all else. Pure, like
// all below.
absl::StatusOr<Repository> ParseRepository(absl::string_view text);

// <url>/releases/download/<tag>/<file>, encoded as EncodeUrlPath() does.
std::string DownloadUrl(Repository const& repository, absl::string_view tag,
                        absl::string_view file);

// The tags that a release of this driver version can have, the likeliest first: what its loaders
// ask for, and the version alone, which a farm may use for all.
std::vector<std::string> TagsOf(std::string const& driver_version, Arch arch);

}  // namespace probefarm
