#include "coordinator/feeds/debian/package_pool.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/feeds/debian/version_compare.h"

namespace probefarm::debian {

void PackagePool::Add(std::string const& suite, std::string const& base, PackageStanza stanza) {
  std::string const url = absl::StrCat(base, "/", stanza.filename);
  std::vector<PooledPackage>& versions = packages_[stanza.package];
  auto const known = std::find_if(versions.begin(), versions.end(), [&](PooledPackage const& p) {
    return p.stanza.version == stanza.version;
  });
  if (known == versions.end()) {
    versions.push_back({std::move(stanza), suite, {url}});
    return;
  }
  std::vector<std::string>& urls = known->urls;
  if (known->stanza.sha256 == stanza.sha256 &&
      std::find(urls.begin(), urls.end(), url) == urls.end()) {
    urls.push_back(url);
  }
}

PooledPackage const* PackagePool::Choose(Alternatives const& alternatives,
                                         absl::string_view own_version) const {
  for (Dependency const& dependency : alternatives)
    if (PooledPackage const* package = Choose(dependency, own_version)) return package;
  return nullptr;
}

PooledPackage const* PackagePool::Choose(Dependency const& dependency,
                                         absl::string_view own_version) const {
  auto const found = packages_.find(dependency.package);
  if (found == packages_.end()) return nullptr;
  PooledPackage const* lowest = nullptr;
  for (PooledPackage const& package : found->second) {
    std::string const& version = package.stanza.version;
    if (!Satisfies(dependency, version)) continue;
    if (version == own_version) return &package;
    if (lowest == nullptr || CompareVersions(version, lowest->stanza.version) < 0)
      lowest = &package;
  }
  return lowest;
}

}  // namespace probefarm::debian
