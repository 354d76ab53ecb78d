#include "tests/testing/farm/farm_certificates.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/subprocess.h"

namespace probefarm {

FarmCertificates::FarmCertificates(std::string folder) : folder_(std::move(folder)) {}

absl::Status FarmCertificates::SetUp(std::vector<std::string> const& arguments) const {
  SubprocessCommand command;
  command.argv = {SOURCE_ROOT "/scripts/setup-tls", folder_};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  ASSIGN_OR_RETURN(SubprocessResult const result, RunSubprocess(command));
  if (result.exit_code == 0) return absl::OkStatus();
  return absl::UnknownError(
      absl::StrCat("setup-tls ended with ", result.exit_code, ": ", result.output, result.errors));
}

std::string FarmCertificates::Config() const {
  return absl::StrCat("tls: {certificate: ", coordinator(), ".pem, key: ", coordinator(),
                      ".key, client_ca: ", ca(), "}\n");
}

std::vector<std::string> FarmCertificates::PairOptions(std::string const& id) const {
  return {"--tls-cert", worker(id) + ".pem", "--tls-key", worker(id) + ".key"};
}

}  // namespace probefarm
