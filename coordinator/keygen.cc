#include "coordinator/keygen.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "lib/runtime/status_macros.h"
#include "lib/signing/key_files.h"
#include "lib/signing/signing_key.h"

namespace probefarm {
namespace {

constexpr int kUsage = 2;

// The coordinator may be started elsewhere.
std::string Absolute(std::string const& path) {
  std::error_code unknown;
  std::filesystem::path const absolute = std::filesystem::absolute(path, unknown);
  return unknown ? path : absolute.string();
}

void PrintNextSteps(PublicKey const& key, std::string const& path) {
  std::cout
      << "private key  " << path << "\n"
      << "public key   " << PublicKeyPath(path) << "\n"
      << "key id       " << key.id() << "\n"
      << "\n"
         "1. The private key is for the coordinator alone, and for a backup that is kept\n"
         "   offline: let the user that the coordinator runs as own it, and say where it is:\n"
         "\n"
         "       signing:\n"
         "         key_file: "
      << path
      << "\n"
         "\n"
         "   Restart the coordinator: it signs what is published already, too.\n"
         "2. Publish the public key, with its id, where whoever can write to the releases\n"
         "   cannot: in the source repository, in the documentation, on a web page.\n"
         "3. Anybody can check a probe then:\n"
         "\n"
         "       probefarm verify NAME --driver VERSION --repository URL --public-key "
      << std::filesystem::path(PublicKeyPath(path)).filename().string() << "\n";
}

absl::Status Keygen(std::string const& path) {
  ASSIGN_OR_RETURN(SigningKey const key, SigningKey::Generate());
  RETURN_IF_ERROR(WriteKeyPair(key, path));
  PrintNextSteps(key.public_key(), Absolute(path));
  return absl::OkStatus();
}

}  // namespace

int KeygenCommand(int argc, char** argv) {
  std::string path;
  CLI::App app("probefarm-coordinator keygen: makes the key that side files are signed with");
  app.footer(
      "Nothing that is there is overwritten.\n"
      "\nExample:\n"
      "  probefarm-coordinator keygen --out /etc/probefarm/signing.pem\n");
  app.add_option("--out", path, "file for the private key; the public one goes to FILE.pub")
      ->required();
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  absl::Status const made = Keygen(path);
  if (made.ok()) return 0;
  std::cerr << "probefarm-coordinator: " << made.message() << '\n';
  return 1;
}

}  // namespace probefarm
