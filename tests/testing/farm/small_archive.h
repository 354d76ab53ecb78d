#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "coordinator/feeds/debian/signed_repository.h"
#include "lib/runtime/mutex.h"
#include "tests/testing/scripted_http_server.h"

namespace probefarm {

// Kernel 6.1.0-<abi>-cloud-amd64 of Debian version 6.1.<abi>-1: header packages with a small
// stand-in for kbuild, for which the product's own build script makes a probe and a module with the
// builder image's real compilers in about a second.
//
//   archive.Publish({{.abi = 1}, {.abi = 2, .renames_task_state = true}}, name)
struct SmallKernel {
  int abi = 1;
  bool renames_task_state = false;  // so the driver does not compile: a real compiler error
  bool holds_builds = false;        // builds wait for /build/go, see FarmEngine::LetGo()
  bool without_common = false;      // its -common headers are not in the archive
  int module_bytes = 0;             // that a module has besides, for an upload of some length
};

std::string ReleaseOf(SmallKernel const& kernel);  // "6.1.0-1-cloud-amd64"

// A Debian archive, signed and served over HTTP at 127.0.0.1: suite bookworm with header packages
// of small kernels and a driver source package like Debian's (falcosecurity-scap-dkms). Thread-safe
// once it is published.
class SmallArchive {
 public:
  // `folder` exists and is empty; its path is short. Fails where the tools of `scripts/setup` are
  // missing.
  explicit SmallArchive(std::string folder);

  // `name` goes into the packages, so that no other test shares their digests and header volumes.
  // `driver_lacks` is a file that its source does not have ("Makefile"). Once, before any request.
  absl::Status Publish(std::vector<SmallKernel> const& kernels, std::string const& name,
                       std::string const& driver_lacks = "");

  // A mirror's URL, for main and security suites alike.
  std::string url() const { return server_.Url(""); }
  std::string keyring() const { return repository_.keyring(); }

  // `package` is the whole name: "linux-kbuild-6.1". The indexes stay as they are; from now on the
  // files of the package are answered with 404 …
  void Lose(std::string const& package);
  // … or with other bytes of the same size.
  void Spoil(std::string const& package);

 private:
  absl::Status AddHeaders(SmallKernel const& kernel);
  absl::Status AddDriver(std::string const& lacks);
  std::string MakeTree(SmallKernel const& kernel, std::string const& package,
                       std::string const& destination);
  // Of the server: a file of the archive, or 404.
  void Answer(ScriptedExchange& exchange) EXCLUDES(mu_);

  std::string const folder_;
  debian::SignedRepository repository_;
  std::string name_;
  Mutex mu_;
  std::set<std::string> lost_ GUARDED_BY(mu_);
  std::set<std::string> spoilt_ GUARDED_BY(mu_);
  ScriptedHttpServer server_;  // last: it asks the others
};

}  // namespace probefarm
