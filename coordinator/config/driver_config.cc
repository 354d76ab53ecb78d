#include "coordinator/config/driver_config.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/config/debian_names.h"
#include "coordinator/config/http_url.h"
#include "coordinator/config/named_values.h"
#include "coordinator/scheduling/label.h"
#include "lib/build/bounds.h"
#include "lib/build/path_in_tree.h"
#include "lib/digest/hex.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/driver_version.h"

namespace probefarm {
namespace {

using Presence = YamlMapping::Presence;

PackageSource ReadPackage(YamlMapping& deb) {
  PackageSource source;
  source.suite = deb.String("suite");
  deb.Check("suite", CheckSuiteName(source.suite));
  source.package = deb.String("package");
  deb.Check("package", CheckPackageName(source.package));
  return source;
}

ArchiveFormat ReadFormat(YamlMapping& source) {
  std::string const format = source.String("format");
  if (format != "deb" && format != "tar") source.Error("format", "is neither deb nor tar");
  return format == "deb" ? ArchiveFormat::kDeb : ArchiveFormat::kTar;
}

std::vector<std::string> ReadUrls(YamlMapping& source) {
  std::vector<std::string> urls = source.Strings("urls");
  for (std::string const& url : urls) source.Check("urls", CheckHttpUrl(url));
  if (urls.empty()) source.Error("urls", "is empty");
  return urls;
}

ArchiveInput ReadArchive(YamlMapping& source) {
  ArchiveInput archive;
  archive.file.urls = ReadUrls(source);
  if (!archive.file.urls.empty()) {
    archive.file.name = FileNameOf(archive.file.urls.front());
    source.Check("urls", CheckFileName(archive.file.name));
  }
  archive.file.sha256 = source.String("sha256");
  if (!IsSha256Hex(archive.file.sha256))
    source.Error("sha256", "is not 64 lower-case hexadecimal digits");
  archive.file.size = source.Bytes("size", 1, kMaxInputBytes);
  archive.format = ReadFormat(source);
  archive.strip_prefix = source.String("strip_prefix");
  source.Check("strip_prefix", CheckStripPrefix(archive.strip_prefix));
  return archive;
}

SourceConfig ReadSource(YamlMapping& source) {
  if (source.Has("urls")) {
    if (source.Has("deb")) source.Error("deb", "stands beside urls: give one of them");
    return ReadArchive(source);
  }
  PackageSource package;
  if (!source.Has("deb")) source.Error("deb", "is missing, and so is urls: give one of them");
  source.Mapping("deb", Presence::kOptional, [&](YamlMapping& deb) { package = ReadPackage(deb); });
  return package;
}

DriverConfig ReadDriver(YamlMapping& mapping) {
  DriverConfig driver;
  driver.version = mapping.String("version");
  mapping.Check("version", CheckDriverVersion(driver.version));
  driver.kinds = ReadNamedValues(mapping, "kinds", driver.kinds, ParseKind);
  driver.worker_labels = mapping.Strings("worker_labels", driver.worker_labels);
  for (std::string const& label : driver.worker_labels)
    mapping.Check("worker_labels", CheckLabel(label));
  mapping.Mapping("source", Presence::kRequired,
                  [&](YamlMapping& source) { driver.source = ReadSource(source); });
  return driver;
}

}  // namespace

std::vector<DriverConfig> ReadDrivers(YamlMapping& top) {
  std::vector<DriverConfig> drivers;
  std::set<std::string> versions;
  top.Mappings("drivers", Presence::kRequired, [&](YamlMapping& mapping) {
    drivers.push_back(ReadDriver(mapping));
    std::string const& version = drivers.back().version;
    if (!versions.insert(version).second)
      mapping.Error("version", absl::StrCat("'", version, "' stands in two drivers"));
  });
  if (drivers.empty()) top.Error("drivers", "is empty");
  return drivers;
}

}  // namespace probefarm
