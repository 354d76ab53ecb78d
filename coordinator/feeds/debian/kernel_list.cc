#include "coordinator/feeds/debian/kernel_list.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "coordinator/feeds/debian/dependencies.h"
#include "coordinator/feeds/debian/package_pool.h"
#include "coordinator/feeds/debian/suite_name.h"
#include "coordinator/feeds/debian/version_compare.h"
#include "lib/runtime/status_macros.h"

namespace probefarm::debian {
namespace {

constexpr absl::string_view kHeadersPrefix = "linux-headers-";

absl::StatusOr<std::vector<Alternatives>> HeaderDependencies(PackageStanza const& stanza) {
  absl::StatusOr<std::vector<Alternatives>> clauses = ParseDependencies(stanza.depends);
  if (!clauses.ok())
    return absl::DataLossError(
        absl::StrCat("package ", stanza.package, ": ", clauses.status().message()));
  std::erase_if(*clauses, [](Alternatives const& alternatives) {
    return std::none_of(alternatives.begin(), alternatives.end(), [](Dependency const& dependency) {
      return IsHeaderPackage(dependency.package);
    });
  });
  return clauses;
}

// "6.1.0-47" of linux-headers-6.1.0-47-common-rt.
std::optional<std::string> AbiOfCommon(absl::string_view package) {
  if (!absl::ConsumePrefix(&package, kHeadersPrefix)) return std::nullopt;
  size_t const common = package.find("-common");
  if (common == absl::string_view::npos) return std::nullopt;
  return std::string(package.substr(0, common));
}

// "cloud-amd64" of linux-headers-6.1.0-47-cloud-amd64; nothing for what is not a kernel's headers.
std::optional<std::string> FlavourOf(absl::string_view package,
                                     std::vector<Alternatives> const& dependencies) {
  for (Alternatives const& alternatives : dependencies) {
    for (Dependency const& dependency : alternatives) {
      std::optional<std::string> const abi = AbiOfCommon(dependency.package);
      absl::string_view rest = package;
      if (abi.has_value() && absl::ConsumePrefix(&rest, kHeadersPrefix) &&
          absl::ConsumePrefix(&rest, absl::StrCat(*abi, "-"))) {
        return std::string(rest);
      }
    }
  }
  return std::nullopt;
}

ArchiveInput ToInput(PooledPackage const& package) {
  std::string const& filename = package.stanza.filename;
  return {.file = {.name = filename.substr(filename.rfind('/') + 1),
                   .sha256 = package.stanza.sha256,
                   .size = package.stanza.size,
                   .urls = package.urls},
          .format = ArchiveFormat::kDeb,
          .strip_prefix = ""};
}

// Gathers a package and the header packages below it into a kernel.
class HeaderCollector {
 public:
  HeaderCollector(PackagePool const& pool, Kernel& kernel) : pool_(pool), kernel_(kernel) {}

  absl::Status Add(PooledPackage const& package) {
    if (!seen_.insert(package.stanza.package).second) return absl::OkStatus();
    kernel_.headers.push_back(ToInput(package));
    ASSIGN_OR_RETURN(std::vector<Alternatives> const clauses, HeaderDependencies(package.stanza));
    for (Alternatives const& clause : clauses) {
      if (PooledPackage const* needed = pool_.Choose(clause, package.stanza.version)) {
        RETURN_IF_ERROR(Add(*needed));
      } else {
        absl::StrAppend(&kernel_.missing, kernel_.missing.empty() ? "" : ", ", ToString(clause));
      }
    }
    return absl::OkStatus();
  }

 private:
  PackagePool const& pool_;
  Kernel& kernel_;
  std::set<std::string> seen_;
};

absl::StatusOr<Kernel> MakeKernel(PooledPackage const& package, PackagePool const& pool,
                                  Arch arch) {
  PackageStanza const& stanza = package.stanza;
  Kernel kernel;
  kernel.host.target = "debian";
  kernel.host.release = stanza.package.substr(kHeadersPrefix.size());
  kernel.host.version = absl::StrCat("#1 SMP Debian ", stanza.version);
  kernel.host.arch = arch;
  kernel.package_version = stanza.version;
  kernel.suite = package.suite;
  kernel.kernel_dir = absl::StrCat("usr/src/", stanza.package);
  RETURN_IF_ERROR(HeaderCollector(pool, kernel).Add(package));
  if (!kernel.missing.empty()) kernel.headers.clear();
  return kernel;
}

// Whether `package` is the headers of a kernel of one of the flavours.
absl::StatusOr<bool> IsKernel(PackageStanza const& stanza,
                              std::vector<std::string> const& flavours) {
  ASSIGN_OR_RETURN(std::vector<Alternatives> const clauses, HeaderDependencies(stanza));
  std::optional<std::string> const flavour = FlavourOf(stanza.package, clauses);
  return flavour.has_value() &&
         std::find(flavours.begin(), flavours.end(), *flavour) != flavours.end();
}

absl::Status AddKernels(PackagePool const& pool, Arch arch,
                        std::vector<std::string> const& flavours, std::vector<Kernel>& kernels) {
  for (auto const& [name, versions] : pool.packages()) {
    for (PooledPackage const& package : versions) {
      ASSIGN_OR_RETURN(bool const is_kernel, IsKernel(package.stanza, flavours));
      if (!is_kernel) continue;
      ASSIGN_OR_RETURN(Kernel kernel, MakeKernel(package, pool, arch));
      kernels.push_back(std::move(kernel));
    }
  }
  return absl::OkStatus();
}

void AddUrls(ArchiveInput const& from, ArchiveInput& to) {
  if (from.file.sha256 != to.file.sha256) return;
  for (std::string const& url : from.file.urls)
    if (std::find(to.file.urls.begin(), to.file.urls.end(), url) == to.file.urls.end())
      to.file.urls.push_back(url);
}

// Two codenames can ship one kernel: whichever is complete counts.
void Merge(Kernel other, Kernel& kernel) {
  if (!kernel.missing.empty()) std::swap(kernel, other);
  for (ArchiveInput const& from : other.headers)
    for (ArchiveInput& to : kernel.headers) AddUrls(from, to);
}

std::vector<Kernel> MergeSame(std::vector<Kernel> kernels) {
  std::map<std::tuple<Arch, std::string, std::string>, size_t> places;
  std::vector<Kernel> merged;
  for (Kernel& kernel : kernels) {
    auto const [place, is_new] = places.try_emplace(
        {kernel.host.arch, kernel.host.release, kernel.package_version}, merged.size());
    if (is_new) {
      merged.push_back(std::move(kernel));
    } else {
      Merge(std::move(kernel), merged[place->second]);
    }
  }
  return merged;
}

bool IsNewer(Kernel const& a, Kernel const& b) {
  int const order = CompareVersions(a.package_version, b.package_version);
  if (order != 0) return order > 0;
  return std::tie(a.host.release, a.host.arch) < std::tie(b.host.release, b.host.arch);
}

}  // namespace

bool IsHeaderPackage(absl::string_view package) {
  return absl::StartsWith(package, kHeadersPrefix) || absl::StartsWith(package, "linux-kbuild-");
}

absl::StatusOr<std::vector<Kernel>> ListKernels(std::vector<SuitePackages> suites,
                                                std::vector<std::string> const& flavours) {
  std::map<std::pair<std::string, Arch>, PackagePool> pools;
  for (SuitePackages& suite : suites) {
    PackagePool& pool = pools[{std::string(CodenameOf(suite.suite)), suite.arch}];
    for (PackageStanza& stanza : suite.packages)
      if (IsHeaderPackage(stanza.package)) pool.Add(suite.suite, suite.base, std::move(stanza));
  }
  std::vector<Kernel> kernels;
  for (auto const& [key, pool] : pools)
    RETURN_IF_ERROR(AddKernels(pool, key.second, flavours, kernels));
  kernels = MergeSame(std::move(kernels));
  std::stable_sort(kernels.begin(), kernels.end(), IsNewer);
  return kernels;
}

}  // namespace probefarm::debian
