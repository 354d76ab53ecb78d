#include "coordinator/config/feed_config.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "coordinator/config/debian_names.h"
#include "coordinator/config/http_url.h"
#include "coordinator/config/named_values.h"
#include "lib/driver/asset_name.h"

namespace probefarm {
namespace {

using Presence = YamlMapping::Presence;

constexpr absl::Duration kShortestInterval = absl::Seconds(1);
constexpr absl::Duration kLongestInterval = absl::Hours(7 * 24);

std::string ReadBaseUrl(YamlMapping& mapping, absl::string_view key) {
  std::string const url = mapping.String(key);
  mapping.Check(key, CheckHttpUrl(url));
  return std::string(absl::StripSuffix(url, "/"));
}

DebianMirror ReadMirror(YamlMapping& feed) {
  if (feed.HasMapping("mirror")) {
    MirrorUrls urls;
    feed.Mapping("mirror", Presence::kRequired, [&](YamlMapping& mirror) {
      urls.main = ReadBaseUrl(mirror, "main");
      urls.security = ReadBaseUrl(mirror, "security");
    });
    return urls;
  }
  if (feed.String("mirror") != "apt")
    feed.Error("mirror", "is neither apt nor a mapping of main and security to URLs");
  return AptMirror();
}

std::vector<std::string> ReadSuites(YamlMapping& feed, absl::string_view key,
                                    std::optional<std::vector<std::string>> default_suites) {
  std::vector<std::string> suites = feed.Strings(key, std::move(default_suites));
  for (std::string const& suite : suites) feed.Check(key, CheckSuiteName(suite));
  return suites;
}

std::vector<std::string> ReadFlavours(YamlMapping& feed, std::vector<std::string> defaults) {
  std::vector<std::string> flavours = feed.Strings("flavours", std::move(defaults));
  for (std::string const& flavour : flavours) feed.Check("flavours", CheckPackageName(flavour));
  if (flavours.empty()) feed.Error("flavours", "is empty");
  return flavours;
}

void CheckSuites(YamlMapping& feed, DebianFeedConfig const& config) {
  if (config.suites.empty()) feed.Error("suites", "is empty");
  for (std::string const& suite : config.optional_suites) {
    if (std::count(config.suites.begin(), config.suites.end(), suite) > 0)
      feed.Error("optional_suites", absl::StrCat("'", suite, "' stands in suites too"));
  }
}

DebianFeedConfig ReadDebianFeed(YamlMapping& feed) {
  DebianFeedConfig config;
  config.name = feed.String("name");
  feed.Check("name", CheckFileName(config.name));
  config.mirror = ReadMirror(feed);
  config.keyring = feed.String("keyring", config.keyring);
  config.suites = ReadSuites(feed, "suites", std::nullopt);
  config.optional_suites = ReadSuites(feed, "optional_suites", config.optional_suites);
  CheckSuites(feed, config);
  config.flavours = ReadFlavours(feed, config.flavours);
  config.archs = ReadNamedValues(feed, "archs", config.archs, ParseArch);
  config.check_valid_until = feed.Bool("check_valid_until", config.check_valid_until);
  return config;
}

}  // namespace

FeedsConfig ReadFeeds(YamlMapping& top) {
  FeedsConfig config;
  std::set<std::string> names;
  top.Mapping("feeds", Presence::kRequired, [&](YamlMapping& feeds) {
    config.interval =
        feeds.Duration("interval", kShortestInterval, kLongestInterval, config.interval);
    feeds.Mappings("debian", Presence::kRequired, [&](YamlMapping& feed) {
      config.debian.push_back(ReadDebianFeed(feed));
      std::string const& name = config.debian.back().name;
      if (!names.insert(name).second)
        feed.Error("name", absl::StrCat("'", name, "' stands in two feeds"));
    });
  });
  return config;
}

}  // namespace probefarm
