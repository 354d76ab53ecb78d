#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "lib/config/yaml_reader.h"
#include "lib/driver/probe.h"

namespace probefarm {

// Where this machine's own package sources point; other suites live under the same base. `mirror:
// apt`.
struct AptMirror {
  friend bool operator==(AptMirror const&, AptMirror const&) = default;
};

// `mirror: {main: URL, security: URL}`; both are needed.
struct MirrorUrls {
  std::string main;      // base of the archive, without a slash at its end
  std::string security;  // base of the suites whose name ends in -security
  friend bool operator==(MirrorUrls const&, MirrorUrls const&) = default;
};

using DebianMirror = std::variant<AptMirror, MirrorUrls>;

// A Debian-style archive whose kernels are built for.
//
//   - name: debian
//     mirror: apt
//     suites: [bookworm, bookworm-security]
//     optional_suites: [sid]
struct DebianFeedConfig {
  // Also the name of the folder below <data_dir>/feeds that caches what was read.
  std::string name;  // no two feeds have the same
  DebianMirror mirror;
  // Of OpenPGP keys, binary; a suite that no key in it has signed is refused.
  std::string keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  std::vector<std::string> suites;  // never empty
  // More suites, which may be missing or past their Valid-Until without an error of the feed.
  std::vector<std::string> optional_suites;
  // What follows the ABI in a kernel's release: "cloud-amd64" of 6.1.0-47-cloud-amd64.
  std::vector<std::string> flavours = {"amd64", "cloud-amd64", "rt-amd64"};  // never empty
  std::vector<Arch> archs = {Arch::kX86_64};                                 // never empty
  // False takes a suite whose Release file has expired, as frozen mirrors have.
  bool check_valid_until = true;
  friend bool operator==(DebianFeedConfig const&, DebianFeedConfig const&) = default;
};

struct FeedsConfig {
  // From 1 s to a week.
  absl::Duration interval = absl::Hours(1);  // between two looks at a feed
  std::vector<DebianFeedConfig> debian;
  friend bool operator==(FeedsConfig const&, FeedsConfig const&) = default;
};

// The mapping `feeds`, which is required. `feeds.debian` is required too.
FeedsConfig ReadFeeds(YamlMapping& top);

}  // namespace probefarm
