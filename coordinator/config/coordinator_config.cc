#include "coordinator/config/coordinator_config.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "coordinator/config/http_url.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

std::string ReadDriverName(YamlMapping& top, std::string default_name) {
  std::string name = top.String("driver_name", std::move(default_name));
  top.Check("driver_name", CheckDriverName(name));
  return name;
}

LogLevel ReadLogLevel(YamlMapping& top) {
  std::string const name = top.String("log_level", "info");
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warning") return LogLevel::kWarning;
  if (name != "error") top.Error("log_level", "is none of debug, info, warning and error");
  return LogLevel::kError;
}

HttpConfig ReadHttp(YamlMapping& top, bool tls) {
  HttpConfig config;
  top.Mapping("http", YamlMapping::Presence::kOptional, [&](YamlMapping& http) {
    std::string const url = http.String("public_url", config.public_url);
    if (!url.empty()) http.Check("public_url", CheckHttpUrl(url));
    if (tls && absl::StartsWith(url, "http:"))
      http.Error("public_url", "is not https://, which is all that is served with `tls`");
    config.public_url = std::string(absl::StripSuffix(url, "/"));
  });
  return config;
}

}  // namespace

CoordinatorConfig ReadConfig(YamlMapping& top) {
  CoordinatorConfig config;
  config.driver_name = ReadDriverName(top, config.driver_name);
  config.log_level = ReadLogLevel(top);
  config.reflection = top.Bool("reflection", config.reflection);
  config.tls = ReadTls(top);
  config.http = ReadHttp(top, !config.tls.certificate.empty());
  config.drivers = ReadDrivers(top);
  config.feeds = ReadFeeds(top);
  config.builders = ReadBuilders(top);
  config.compilers = ReadCompilers(top);
  config.build_limits = ReadBuildLimits(top);
  config.jobs = ReadJobConfig(top);
  config.leases = ReadLeases(top);
  config.releases = ReadReleases(top);
  config.signing = ReadSigning(top);
  return config;
}

absl::StatusOr<CoordinatorConfig> LoadConfig(std::string const& path) {
  CoordinatorConfig config;
  RETURN_IF_ERROR(ReadYamlFile(path, [&](YamlMapping& top) { config = ReadConfig(top); }));
  return config;
}

}  // namespace probefarm
