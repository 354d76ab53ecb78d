#pragma once

#include <string>
#include <variant>
#include <vector>

#include "lib/build/build_spec.h"
#include "lib/config/yaml_reader.h"
#include "lib/driver/probe.h"

namespace probefarm {

// A package of the Debian archive whose newest version is the driver's source. Its digest is pinned
// when it is first seen.
struct PackageSource {
  std::string suite;    // "trixie"
  std::string package;  // "falcosecurity-scap-dkms"
  friend bool operator==(PackageSource const&, PackageSource const&) = default;
};

// An ArchiveInput is a source known by its URLs and digest. Its name is the last part of the first
// URL's path.
using SourceConfig = std::variant<PackageSource, ArchiveInput>;

// A driver version that is built.
//
//   drivers:
//   - version: 8.0.0+driver
//     source: {deb: {suite: trixie, package: falcosecurity-scap-dkms}}
//   - version: 7.3.0+driver
//     kinds: [kmod]
//     source: {urls: [https://…/libs.tar.gz], sha256: …, size: 2MB, format: tar, strip_prefix: …}
struct DriverConfig {
  std::string version;  // CheckDriverVersion() has passed it; no two drivers have the same
  std::vector<Kind> kinds = {Kind::kBpf, Kind::kKmod};  // never empty
  SourceConfig source;
  std::vector<std::string> worker_labels = {};  // CheckLabel() has passed each; empty: any worker
  friend bool operator==(DriverConfig const&, DriverConfig const&) = default;
};

// The list `drivers`, which is required and not empty. In the order of the file. Exactly one of
// `deb` and `urls` says where a source is.
std::vector<DriverConfig> ReadDrivers(YamlMapping& top);

}  // namespace probefarm
