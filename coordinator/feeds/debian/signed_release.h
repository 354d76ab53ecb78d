#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/feeds/debian/release_file.h"
#include "lib/http/download.h"
#include "lib/http/http_client.h"

namespace probefarm::debian {

// The verified Release files of suites, kept in a folder between runs so that what did not change
// is not downloaded again, and so that nobody can hand out an older one than what was seen. Not
// thread-safe: one owner for a folder.
//
//   <folder>/<suite>/InRelease            the last one that was accepted
//   <folder>/<suite>/InRelease.candidate  what was downloaded and is being checked
//   <folder>/<suite>/InRelease.origin     its URL, ETag and Last-Modified
class SignedReleases {
 public:
  // Keeps `http` by reference.
  SignedReleases(HttpClient& http, std::string folder, std::vector<std::string> keyrings);

  // The suite's InRelease below `base`, as it is now. UNAUTHENTICATED: the signature; DATA_LOSS:
  // unreadable, or another suite's; UNAVAILABLE: no answer, or older than what was seen before;
  // NOT_FOUND: no such suite there. What was kept stays in force after an error. Valid-Until is not
  // looked at. What is kept is verified again each time, so a key that leaves the keyring is no
  // longer trusted. Blocks on the network and on gpgv; a file is 16 MiB at most.
  absl::StatusOr<ReleaseFile> Refresh(std::string const& base, std::string const& suite);

 private:
  std::string PathOf(std::string const& suite, absl::string_view file) const;
  absl::StatusOr<ReleaseFile> Read(std::string const& path, std::string const& suite) const;
  // Empty unless what is kept came from this URL.
  Validators ReadValidators(std::string const& suite, std::string const& url) const;
  // Makes the candidate the kept file, by rename(2).
  absl::Status Accept(std::string const& suite, std::string const& url,
                      Validators const& validators) const;

  HttpClient& http_;
  std::string const folder_;
  std::vector<std::string> const keyrings_;
};

}  // namespace probefarm::debian
