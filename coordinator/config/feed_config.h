#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "lib/config/yaml_reader.h"
#include "lib/driver/probe.h"

namespace probefarm {

// Where this machine's own package sources point; other suites live under the same base.
struct AptMirror {
  friend bool operator==(AptMirror const&, AptMirror const&) = default;
};

struct MirrorUrls {
  std::string main;      // base of the archive, without a slash at its end
  std::string security;  // base of the suites whose name ends in -security
  friend bool operator==(MirrorUrls const&, MirrorUrls const&) = default;
};

using DebianMirror = std::variant<AptMirror, MirrorUrls>;

// A Debian-style archive whose kernels are built for.
struct DebianFeedConfig {
  std::string name;  // no two feeds have the same
  DebianMirror mirror;
  std::string keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  std::vector<std::string> suites;  // never empty
  // More suites, which may be missing or past their Valid-Until without an error of the feed.
  std::vector<std::string> optional_suites;
  std::vector<std::string> flavours = {"amd64", "cloud-amd64", "rt-amd64"};  // never empty
  std::vector<Arch> archs = {Arch::kX86_64};                                 // never empty
  bool check_valid_until = true;
  friend bool operator==(DebianFeedConfig const&, DebianFeedConfig const&) = default;
};

struct FeedsConfig {
  absl::Duration interval = absl::Hours(1);  // between two looks at a feed
  std::vector<DebianFeedConfig> debian;
  friend bool operator==(FeedsConfig const&, FeedsConfig const&) = default;
};

// The mapping `feeds`, which is required.
FeedsConfig ReadFeeds(YamlMapping& top);

}  // namespace probefarm
