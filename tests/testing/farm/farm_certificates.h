#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace probefarm {

// The certificates of a farm on this machine, made by scripts/setup-tls as an operator makes them.
//
//   FarmCertificates const certificates(folder / "tls");
//   ASSERT_OK(certificates.SetUp({"--worker", "w1"}));
//   config_.more = certificates.Config();
//   farm_.UseTls(certificates.ca());
class FarmCertificates {
 public:
  // Makes nothing yet. `folder` is absolute.
  explicit FarmCertificates(std::string folder);

  // Runs the script with the folder and these arguments. UNKNOWN has what it said when it failed.
  absl::Status SetUp(std::vector<std::string> const& arguments) const;

  std::string ca() const { return folder_ + "/ca.pem"; }
  // The coordinator's files, less the folder and the ending: ".pem", ".key".
  std::string coordinator() const { return folder_ + "/coordinator"; }
  std::string worker(std::string const& id) const { return folder_ + "/workers/" + id; }

  // The mapping `tls` of the coordinator's configuration, as YAML.
  std::string Config() const;
  // Of a worker's command line: the pair of the worker `id`, without its --id.
  std::vector<std::string> PairOptions(std::string const& id) const;

 private:
  std::string const folder_;
};

}  // namespace probefarm
