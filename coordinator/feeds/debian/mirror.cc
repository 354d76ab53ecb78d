#include "coordinator/feeds/debian/mirror.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "coordinator/feeds/debian/suite_name.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/subprocess.h"

namespace probefarm::debian {
namespace {

constexpr char kInstead[] = "give the feed a mirror's URL instead of \"apt\"";

// Some mirrors refuse a path with two slashes.
std::string WithoutSlash(absl::string_view url) {
  while (absl::ConsumeSuffix(&url, "/")) {
  }
  return std::string(url);
}

bool IsHttpUrl(absl::string_view url) {
  return absl::StartsWith(url, "http://") || absl::StartsWith(url, "https://");
}

void AddOnce(std::string const& base, std::vector<std::string>& bases) {
  if (std::find(bases.begin(), bases.end(), base) == bases.end()) bases.push_back(base);
}

}  // namespace

Mirrors Mirrors::FromAptTargets(absl::string_view index_targets) {
  Mirrors mirrors;
  for (absl::string_view const line : absl::StrSplit(index_targets, '\n')) {
    std::vector<absl::string_view> const words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() != 2 || !IsHttpUrl(words[0]) || !IsDebianSuite(words[1])) continue;
    mirrors.entries_.push_back(
        {WithoutSlash(words[0]), std::string(words[1]), IsSecuritySuite(words[1])});
  }
  return mirrors;
}

Mirrors Mirrors::FromUrls(absl::string_view main, absl::string_view security) {
  Mirrors mirrors;
  if (!main.empty()) mirrors.entries_.push_back({WithoutSlash(main), "", false});
  if (!security.empty()) mirrors.entries_.push_back({WithoutSlash(security), "", true});
  return mirrors;
}

std::vector<std::string> Mirrors::BasesOf(absl::string_view suite) const {
  std::vector<std::string> bases;
  for (Entry const& entry : entries_)
    if (suite == entry.suite) AddOnce(entry.base, bases);
  for (Entry const& entry : entries_)
    if (IsSecuritySuite(suite) == entry.security) AddOnce(entry.base, bases);
  return bases;
}

absl::StatusOr<Mirrors> ReadAptMirrors() {
  absl::StatusOr<SubprocessResult> listed =
      RunSubprocess({.argv = {"apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"}});
  if (!listed.ok()) return Annotate(listed.status(), kInstead);
  if (listed->exit_code != 0)
    return absl::FailedPreconditionError(absl::StrCat("apt-get indextargets: exit code ",
                                                      listed->exit_code, ", ", listed->errors, ": ",
                                                      kInstead));
  return Mirrors::FromAptTargets(listed->output);
}

}  // namespace probefarm::debian
