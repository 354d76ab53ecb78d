#include "coordinator/feeds/debian/debian_feed.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "coordinator/feeds/debian/packages_index.h"
#include "coordinator/feeds/debian/version_compare.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using debian::PackageStanza;
using debian::SuitePackages;

bool CanDoWithout(absl::Status const& status) {
  return absl::IsNotFound(status) || absl::IsFailedPrecondition(status);
}

bool IsOlder(PackageStanza const& a, PackageStanza const& b) {
  return debian::CompareVersions(a.version, b.version) < 0;
}

Input ToInput(PackageStanza const& stanza, std::string const& base) {
  return {.name = stanza.filename.substr(stanza.filename.rfind('/') + 1),
          .sha256 = stanza.sha256,
          .size = stanza.size,
          .urls = {absl::StrCat(base, "/", stanza.filename)}};
}

}  // namespace

DebianFeed::DebianFeed(HttpClient& http, Clock const& clock, DebianFeedOptions options)
    : options_(std::move(options)),
      archive_(http, clock,
               {.cache_folder = options_.cache_folder,
                .keyrings = options_.keyrings,
                .check_valid_until = options_.check_valid_until}) {}

absl::StatusOr<std::vector<Kernel>> DebianFeed::Fetch() {
  absl::StatusOr<std::vector<Kernel>> kernels = FetchKernels();
  if (!kernels.ok()) return Annotate(kernels.status(), absl::StrCat("feed ", options_.name));
  return kernels;
}

absl::StatusOr<std::vector<Kernel>> DebianFeed::FetchKernels() {
  warnings_.clear();
  RETURN_IF_ERROR(FindMirrors());
  std::vector<SuitePackages> suites;
  for (DebianSuite const& suite : options_.suites) {
    absl::StatusOr<std::vector<SuitePackages>> read = ReadSuite(suite.name);
    if (read.ok()) {
      std::move(read->begin(), read->end(), std::back_inserter(suites));
    } else if (suite.required || !CanDoWithout(read.status())) {
      return read.status();
    } else {
      Warn(suite.name, read.status());
    }
  }
  return debian::ListKernels(std::move(suites), options_.flavours);
}

void DebianFeed::Warn(std::string const& suite, absl::Status const& status) {
  warnings_.emplace_back(status.message());
  Log(LogLevel::kWarning, "kernel feed does without a suite",
      {{"feed", options_.name}, {"suite", suite}, {"error", status.message()}});
}

absl::StatusOr<std::vector<SuitePackages>> DebianFeed::ReadSuite(std::string const& name) {
  ASSIGN_OR_RETURN(debian::Suite const suite, Open(name));
  std::vector<SuitePackages> read;
  for (Arch const arch : options_.archs) {
    ASSIGN_OR_RETURN(std::vector<PackageStanza> packages,
                     archive_.ReadPackages(suite, arch, debian::IsHeaderPackage));
    read.push_back({suite.name, suite.base, arch, std::move(packages)});
  }
  return read;
}

absl::Status DebianFeed::FindMirrors() {
  if (mirrors_.has_value()) return absl::OkStatus();
  if (options_.mirror == "apt") {
    ASSIGN_OR_RETURN(mirrors_, debian::ReadAptMirrors());
  } else {
    mirrors_ = debian::Mirrors::FromUrls(options_.mirror, options_.security_mirror);
  }
  return absl::OkStatus();
}

absl::StatusOr<debian::Suite> DebianFeed::Open(std::string const& suite) {
  RETURN_IF_ERROR(FindMirrors());
  return archive_.Open(suite, mirrors_->BasesOf(suite));
}

absl::StatusOr<Input> DebianFeed::FindPackage(std::string const& suite,
                                              std::string const& package) {
  absl::StatusOr<Input> input = Find(suite, package);
  if (!input.ok())
    return Annotate(input.status(), absl::StrCat("find package ", package, " in suite ", suite));
  return input;
}

absl::StatusOr<Input> DebianFeed::Find(std::string const& suite, std::string const& package) {
  ASSIGN_OR_RETURN(debian::Suite const opened, Open(suite));
  std::vector<PackageStanza> found;
  for (Arch const arch : options_.archs) {
    ASSIGN_OR_RETURN(std::vector<PackageStanza> stanzas,
                     archive_.ReadPackages(
                         opened, arch, [&](absl::string_view name) { return name == package; }));
    std::move(stanzas.begin(), stanzas.end(), std::back_inserter(found));
  }
  if (found.empty()) return absl::NotFoundError("there is no such package");
  return ToInput(*std::max_element(found.begin(), found.end(), IsOlder), opened.base);
}

}  // namespace probefarm
