#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/commands/release_options.h"
#include "client/commands/verified_output.h"
#include "client/output/json.h"
#include "client/releases/probe_verification.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

struct Options {
  std::string what;
  std::string name;
  ReleaseOptions release;
  OutputFormat format = OutputFormat::kTable;
};

bool IsFile(std::string const& path) {
  std::error_code unreadable;
  return std::filesystem::is_regular_file(path, unreadable);
}

// By which name the probe was published.
absl::StatusOr<std::string> NameOf(Options const& options) {
  if (!options.name.empty()) return options.name;
  if (!IsFile(options.what) && absl::StrContains(options.what, '/'))
    return absl::NotFoundError(absl::StrCat("there is no file ", options.what));
  return std::filesystem::path(options.what).filename().string();
}

absl::StatusOr<ProbeQuestion> QuestionOf(Options const& options) {
  if (options.release.public_keys.empty())
    return absl::InvalidArgumentError(
        "--public-key is missing: the key of whoever published, as they show it elsewhere than in "
        "the repository");
  ProbeQuestion question;
  ASSIGN_OR_RETURN(std::string const name, NameOf(options));
  ASSIGN_OR_RETURN(question.release, ReleaseQuestionOf(options.release, name));
  if (IsFile(options.what)) question.file = options.what;
  question.driver_version = options.release.driver_version;
  question.arch = options.release.arch;
  // What --tag is of may be said nowhere else.
  if (!question.arch && options.release.tag.empty()) question.arch = Arch::kX86_64;
  return question;
}

absl::Status Run(CommandContext const& context, Options const& options) {
  ASSIGN_OR_RETURN(ProbeQuestion const question, QuestionOf(options));
  ASSIGN_OR_RETURN(std::unique_ptr<HttpClient> const http,
                   ReleaseHttpClient(context, question.release.repositories));
  ASSIGN_OR_RETURN(VerifiedProbe const verified, VerifyProbe(*http, question));
  if (options.format == OutputFormat::kJson) {
    std::cout << Print(ToJson(verified));
    return absl::OkStatus();
  }
  std::string const url =
      DownloadUrl(verified.repository, verified.tag, verified.indexed.asset_name);
  PrintVerified(verified, question.file.empty() ? url : question.file, std::cout);
  return absl::OkStatus();
}

}  // namespace

void AddVerify(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddReleaseVerb(
      app, "verify", "Verify a probe's digest, signature and provenance, without a coordinator",
      "  probefarm verify falco_debian_6.1.192-2-cloud-amd64_1.o --driver 8.0.0+driver \\\n"
      "      --repository owner/name --public-key farm.pub\n"
      "  probefarm verify ./probe.o --name falco_debian_6.1.192-2-cloud-amd64_1.o \\\n"
      "      --tag 8.0.0+driver/x86_64 --repository https://farm.example:7601 \\\n"
      "      --public-key old.pub --public-key new.pub -o json\n",
      context, [options, &context] { return Run(context, *options); }, chosen);
  verb->add_option("FILE|NAME", options->what,
                   "a downloaded file, or the name of a probe to verify where it is published")
      ->required();
  verb->add_option("--name", options->name, "what FILE was published as, when it was renamed");
  AddReleaseOptions(*verb, options->release);
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
