#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "coordinator/feeds/debian/dependencies.h"
#include "coordinator/feeds/debian/packages_index.h"

namespace probefarm::debian {

// A package with every place that offers these very bytes.
struct PooledPackage {
  PackageStanza stanza;
  std::string suite;              // the first that offers it
  std::vector<std::string> urls;  // in the order of the suites
};

// The packages that several suites of one codename and one machine offer together. Not thread-safe.
class PackagePool {
 public:
  // The first package of a name and version counts; another one with another digest is left out. A
  // place that offers the same bytes adds its URL. `base` has no slash at its end.
  void Add(std::string const& suite, std::string const& base, PackageStanza stanza);

  // The package that a dependency means: of those that satisfy it the one of `own_version`, the
  // version of whoever depends on it; else the lowest, so that the answer does not change when a
  // newer one appears. The first alternative that is there decides. nullptr: none. The answer lives
  // until the next Add().
  PooledPackage const* Choose(Alternatives const& alternatives,
                              absl::string_view own_version) const;

  // By name; the versions of a name in the order of adding.
  std::map<std::string, std::vector<PooledPackage>> const& packages() const { return packages_; }

 private:
  PooledPackage const* Choose(Dependency const& dependency, absl::string_view own_version) const;

  std::map<std::string, std::vector<PooledPackage>> packages_;
};

}  // namespace probefarm::debian
