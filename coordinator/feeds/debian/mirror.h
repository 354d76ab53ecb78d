#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm::debian {

// Where the suites of the Debian archive can be had: base URLs, below which stand `dists/` and
// `pool/`. Immutable.
//
//   Mirrors const mirrors = Mirrors::FromUrls("http://m/debian", "http://m/debian-security");
//   mirrors.BasesOf("bookworm-security")  {"http://m/debian-security"}
class Mirrors {
 public:
  // From what `apt-get indextargets --format '$(REPO_URI) $(RELEASE)'` prints: one line an index,
  // so with repetitions. Lines of other archives than Debian's and of other schemes than http(s)
  // are left out.
  static Mirrors FromAptTargets(absl::string_view index_targets);

  // `security` has the `<codename>-security` suites, `main` all others; either may be empty.
  static Mirrors FromUrls(absl::string_view main, absl::string_view security);

  // The bases where a suite may be, the likeliest first, each without a slash at its end: those
  // listed with this very suite, then those that hold other suites of its kind (security suites
  // are one kind, all others the other). Empty when no mirror is known. What is found there counts
  // only once its signature is checked.
  std::vector<std::string> BasesOf(absl::string_view suite) const;

 private:
  // A place, and the suite that apt knows there.
  struct Entry {
    std::string base;
    std::string suite;  // empty: any
    bool security = false;
  };

  std::vector<Entry> entries_;
};

// The sources of this machine's apt. NOT_FOUND where there is no apt-get, FAILED_PRECONDITION when
// it fails; both say to configure a mirror's URL instead. Blocks on apt-get, which asks no network
// for this.
absl::StatusOr<Mirrors> ReadAptMirrors();

}  // namespace probefarm::debian
