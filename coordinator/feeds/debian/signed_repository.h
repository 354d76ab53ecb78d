#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace probefarm::debian {

struct RepositoryPackage {
  std::string name;
  std::string version;
  std::string depends;  // may be empty
  std::string architecture = "amd64";
  std::string tree = {};  // the folder whose content the package installs; empty: no files
};

// What Publish() says of the suite; dates may lie in the past, for what has expired.
struct RepositoryRelease {
  std::string suite;  // also its codename
  absl::Time date;
  absl::Time valid_until;
  bool by_hash = true;
  std::vector<std::string> signers = {"archive@test"};  // none: not signed at all
};

// A small Debian archive in a folder, made with the tools that make real ones: dpkg-deb,
// apt-ftparchive, xz and gpg. Two keys sign: archive@test, which is in the keyring, and
// stranger@test, which is not. Not thread-safe.
//
//   SignedRepository repository(folder);
//   ASSERT_OK(repository.MakeKeys());
//   ASSERT_OK(repository.AddPackage("bookworm", {"linux-kbuild-6.1", "6.1.1-1", ""}));
//   ASSERT_OK(repository.Publish({"bookworm", now, now + absl::Hours(24)}));
class SignedRepository {
 public:
  // `folder` exists and is empty; its path is short, since it holds gpg-agent's socket.
  explicit SignedRepository(std::string folder);
  ~SignedRepository();

  SignedRepository(SignedRepository const&) = delete;
  SignedRepository& operator=(SignedRepository const&) = delete;

  // Makes keys and keyring; to be called first.
  absl::Status MakeKeys() const;

  // Puts a package into a suite; seen from its next Publish() on.
  absl::Status AddPackage(std::string const& suite, RepositoryPackage const& package) const;

  // Writes the suite's indexes and its InRelease in place of what was there.
  absl::Status Publish(RepositoryRelease const& release) const;

  std::string root() const { return folder_ + "/archive"; }  // holds dists/ and pool/
  std::string keyring() const { return folder_ + "/keyring.gpg"; }
  std::string InRelease(std::string const& suite) const;
  // The compressed index, below its digest too where it was published so.
  std::vector<std::string> IndexFiles(std::string const& suite) const;

 private:
  absl::Status Run(std::string const& script, std::vector<std::string> const& arguments) const;

  std::string const folder_;
};

}  // namespace probefarm::debian
