#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/testing/github/world.h"

namespace probefarm::fake_github {

// Where the listeners are, as answers name them; without a slash at the end.
struct Urls {
  std::string api;
  std::string uploads;
  std::string web;
  std::string storage;
};

// The JSON of GitHub's API, with every field that its description requires. Pure.
std::string AssetJson(Urls const& urls, Repository const& repository, FakeRelease const& release,
                      FakeAsset const& asset);
// With at most `embedded` of its assets; those that lists do not show yet are left out.
std::string ReleaseJson(Urls const& urls, Repository const& repository, FakeRelease const& release,
                        int embedded, absl::Time now);
// `may_write`: what "permissions" say; they are left out for a caller without a login.
std::string RepositoryJson(Urls const& urls, Repository const& repository, bool has_login,
                           bool may_write);
// An array of these.
std::string JsonArray(std::vector<std::string> const& elements);

// Where anyone can download it; answered with a redirect.
std::string DownloadUrl(Urls const& urls, Repository const& repository, FakeRelease const& release,
                        FakeAsset const& asset);
std::string StorageUrl(Urls const& urls, FakeAsset const& asset);
// "2026-11-07T10:11:12Z"
std::string IsoTime(absl::Time time);

}  // namespace probefarm::fake_github
