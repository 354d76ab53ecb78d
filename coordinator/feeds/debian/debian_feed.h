#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/feeds/debian/archive.h"
#include "coordinator/feeds/debian/kernel_list.h"
#include "coordinator/feeds/debian/mirror.h"
#include "coordinator/feeds/kernel_feed.h"
#include "lib/driver/probe.h"
#include "lib/http/http_client.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// A suite that is read for kernels.
struct DebianSuite {
  std::string name;      // "bookworm-security"
  bool required = true;  // false: the feed does without it while it is missing or expired
};

struct DebianFeedOptions {
  std::string name = "debian";
  std::string mirror = "apt";   // this machine's own sources, or the archive's base URL
  std::string security_mirror;  // base URL of the security archive, with a URL as `mirror`
  std::vector<DebianSuite> suites;
  std::vector<std::string> flavours = {"amd64", "cloud-amd64"};
  std::vector<Arch> archs = {Arch::kX86_64};
  // Binary OpenPGP keyrings, absolute paths; the default is of the package debian-archive-keyring.
  std::vector<std::string> keyrings = {"/usr/share/keyrings/debian-archive-keyring.gpg"};
  bool check_valid_until = true;
  std::string cache_folder;  // of this feed alone; made where it is missing
};

// The kernels of Debian suites, from the archive's signed indexes, and packages of any suite of the
// same archive. Asks apt for its sources once. Not thread-safe: Fetch() and FindPackage() are
// called by one thread at a time.
//
//   DebianFeedOptions options;
//   options.suites = {{"bookworm"}, {"sid", /*required=*/false}};
//   options.cache_folder = folder;
//   DebianFeed feed(http, clock, options);
//   ASSIGN_OR_RETURN(std::vector<Kernel> const kernels, feed.Fetch());
//
// What is trusted begins with the keyrings: see debian/archive.h. What a kernel is says
// debian/kernel_list.h.
class DebianFeed final : public KernelFeed, public PackageIndex {
 public:
  // Keeps `http` and `clock` by reference.
  DebianFeed(HttpClient& http, Clock const& clock, DebianFeedOptions options);

  std::string const& name() const override { return options_.name; }

  // Fails as a whole where a required suite fails, or where an optional one fails otherwise than by
  // being missing (NOT_FOUND) or expired (FAILED_PRECONDITION): half a list would look like kernels
  // that are gone. Messages name the feed and the suite.
  absl::StatusOr<std::vector<Kernel>> Fetch() override;

  // What the last Fetch() did without, one sentence a suite.
  std::vector<std::string> const& warnings() const { return warnings_; }

  // `suite` need not be one of the feed's. The newest by Debian's order of versions, among the
  // feed's machines; one URL, below the mirror that has the suite.
  absl::StatusOr<Input> FindPackage(std::string const& suite, std::string const& package) override;

 private:
  absl::StatusOr<std::vector<Kernel>> FetchKernels();
  // Asks apt for its sources the first time, where the mirror is "apt".
  absl::Status FindMirrors();
  absl::StatusOr<debian::Suite> Open(std::string const& suite);
  // The header packages of the suite, for each machine.
  absl::StatusOr<std::vector<debian::SuitePackages>> ReadSuite(std::string const& name);
  // Logs too.
  void Warn(std::string const& suite, absl::Status const& status);
  absl::StatusOr<Input> Find(std::string const& suite, std::string const& package);

  DebianFeedOptions const options_;
  debian::Archive archive_;
  std::optional<debian::Mirrors> mirrors_;
  std::vector<std::string> warnings_;
};

}  // namespace probefarm
