#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/config/driver_config.h"
#include "coordinator/config/feed_config.h"
#include "coordinator/config/job_config.h"
#include "coordinator/config/lease_config.h"
#include "coordinator/config/release_config.h"
#include "coordinator/config/signing_config.h"
#include "coordinator/config/tls_config.h"
#include "coordinator/config/toolchain_config.h"
#include "lib/build/build_spec.h"
#include "lib/config/yaml_reader.h"
#include "lib/runtime/log.h"

namespace probefarm {

// The mapping `http`. Where --http listens at every address, or behind a proxy, it must say how
// workers get here: they fetch builder images from it and upload to it.
struct HttpConfig {
  // How workers and users reach the HTTP port, without a slash at its end; empty: http:// (https://
  // with `tls`) and the address that --http gives. With `tls` it is https://.
  std::string public_url;
  friend bool operator==(HttpConfig const&, HttpConfig const&) = default;
};

// The coordinator's configuration file. deploy/coordinator.yaml shows every key with its default. A
// plain value: every field was checked by the Read…() function of its part, so what is here can be
// used without asking again. Keys that nobody knows are errors.
struct CoordinatorConfig {
  std::string driver_name = "falco";  // first part of every asset's name, and the module's name
  // `log_level`: debug, info, warning or error.
  LogLevel log_level = LogLevel::kInfo;
  // With it tools such as grpcurl can list the services.
  bool reflection = false;  // of the gRPC server
  HttpConfig http;
  TlsFiles tls;  // of both ports; plain text without a certificate
  std::vector<DriverConfig> drivers;
  FeedsConfig feeds;
  std::vector<BuilderConfig> builders;
  // Sorted by kernel series, none of which stands twice.
  std::vector<CompilerRule> compilers = DefaultCompilers();
  BuildLimits build_limits;
  JobConfig jobs;
  LeaseConfig leases;
  ReleasesConfig releases;
  SigningConfig signing;
  friend bool operator==(CoordinatorConfig const&, CoordinatorConfig const&) = default;
};

// Looks at the file alone, not at what it names: keyrings and archives may be missing. Errors name
// file, line and key, all of them at once.
absl::StatusOr<CoordinatorConfig> LoadConfig(std::string const& path);

// What LoadConfig() reads from the file's top mapping. Errors are noted in the mapping; what is
// returned then is not to be used. This holds for every Read…() of this folder.
CoordinatorConfig ReadConfig(YamlMapping& top);

}  // namespace probefarm
