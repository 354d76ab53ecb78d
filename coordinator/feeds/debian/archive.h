#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/feeds/debian/packages_index.h"
#include "coordinator/feeds/debian/release_file.h"
#include "coordinator/feeds/debian/signed_release.h"
#include "lib/driver/probe.h"
#include "lib/http/http_client.h"
#include "lib/runtime/clock.h"

namespace probefarm::debian {

// Whom to trust, and where to keep what was read.
struct ArchiveOptions {
  std::string cache_folder;  // made where it is missing; one archive's alone
  // A Release file must be signed by a key of one of them.
  std::vector<std::string> keyrings;  // absolute paths
  // False for archives that are frozen, whose Release files have expired.
  bool check_valid_until = true;
};

// A suite whose Release file is verified: what its digests say of other files can be trusted.
struct Suite {
  std::string name;  // "bookworm-security"
  std::string base;  // the mirror's base URL, without a slash at its end
  ReleaseFile release;
};

// Reads the package indexes of Debian suites, verified from the signature down, and keeps them by
// their digest. Not thread-safe.
//
//   InRelease ── signature ─► ReleaseFile ── SHA256 ─► Packages ── SHA256 ─► .deb
//
// The last step is left to whoever fetches the package. The layout is that of Debian's repository
// format: dists/<suite>/InRelease, dists/<suite>/main/binary-<arch>/Packages[.xz|.gz]. Calls block
// on the network and on gpgv.
class Archive {
 public:
  // Keeps `http` and `clock` by reference.
  Archive(HttpClient& http, Clock const& clock, ArchiveOptions options);

  // Brings a suite up to date from the first of `bases` that has it. NOT_FOUND: none has it;
  // FAILED_PRECONDITION: expired; otherwise as SignedReleases::Refresh. Messages name the suite.
  // Where several fail, the error is the first that is not NOT_FOUND. INVALID_ARGUMENT for a name
  // that IsSuiteName() refuses.
  absl::StatusOr<Suite> Open(std::string const& name, std::vector<std::string> const& bases);

  // The wanted packages of component main. NOT_FOUND: the suite has no index for the machine;
  // UNAVAILABLE or DATA_LOSS: the index cannot be had, or is not what the Release file says. By
  // digest (by-hash) where the suite offers that, so that an update of the mirror in between does
  // no harm. An index that is kept is read again only after its digest was checked; indexes of
  // other digests are removed.
  absl::StatusOr<std::vector<PackageStanza>> ReadPackages(Suite const& suite, Arch arch,
                                                          PackagesParser::Wanted wanted);

 private:
  absl::StatusOr<Suite> OpenAt(std::string const& name, std::string const& base);
  // A 404 for an index that the Release file names is UNAVAILABLE.
  absl::Status Download(Suite const& suite, std::string const& index, IndexDigest const& digest,
                        std::string const& path);

  HttpClient& http_;
  Clock const& clock_;
  ArchiveOptions const options_;
  SignedReleases releases_;
};

}  // namespace probefarm::debian
