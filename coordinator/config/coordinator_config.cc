#include "coordinator/config/coordinator_config.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "coordinator/config/http_url.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Of a kernel's module name, MODULE_NAME_LEN less what its own suffixes need.
constexpr size_t kLongestDriverName = 40;

// It names files, and the module in the kernel.
std::string ReadDriverName(YamlMapping& top, std::string default_name) {
  std::string name = top.String("driver_name", std::move(default_name));
  bool const plain = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  });
  if (!plain || name.empty() || name.size() > kLongestDriverName)
    top.Error("driver_name", "is not 1-40 lower-case letters, digits and underscores");
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

HttpConfig ReadHttp(YamlMapping& top) {
  HttpConfig config;
  top.Mapping("http", YamlMapping::Presence::kOptional, [&](YamlMapping& http) {
    std::string const url = http.String("public_url", config.public_url);
    if (!url.empty()) http.Check("public_url", CheckHttpUrl(url));
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
  config.http = ReadHttp(top);
  config.drivers = ReadDrivers(top);
  config.feeds = ReadFeeds(top);
  config.builders = ReadBuilders(top);
  config.compilers = ReadCompilers(top);
  config.build_limits = ReadBuildLimits(top);
  config.leases = ReadLeases(top);
  config.releases = ReadReleases(top);
  return config;
}

absl::StatusOr<CoordinatorConfig> LoadConfig(std::string const& path) {
  CoordinatorConfig config;
  RETURN_IF_ERROR(ReadYamlFile(path, [&](YamlMapping& top) { config = ReadConfig(top); }));
  return config;
}

}  // namespace probefarm
