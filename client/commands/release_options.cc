#include "client/commands/release_options.h"

#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/driver/asset_name.h"
#include "lib/http/url_host.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"
#include "lib/signing/key_files.h"
#include "lib/tls/tls_credentials.h"

namespace probefarm {
namespace {

absl::StatusOr<std::vector<Repository>> ReadRepositories(std::vector<std::string> const& texts) {
  if (texts.empty())
    return absl::InvalidArgumentError(
        "--repository is missing (or PROBEFARM_REPOSITORY): owner/name at GitHub, or a URL");
  std::vector<Repository> repositories;
  for (std::string const& text : texts) {
    ASSIGN_OR_RETURN(Repository repository, ParseRepository(text));
    repositories.push_back(std::move(repository));
  }
  return repositories;
}

absl::StatusOr<std::vector<std::string>> TagsFrom(ReleaseOptions const& options) {
  if (!options.tag.empty()) return std::vector<std::string>{options.tag};
  if (options.driver_version.empty())
    return absl::InvalidArgumentError(
        "a probe's name does not say of which release it is: give --driver VERSION, or --tag");
  return TagsOf(options.driver_version, options.arch.value_or(Arch::kX86_64));
}

// A key that cannot be read is a mistake on the command line, whatever the reason.
absl::StatusOr<std::vector<PublicKey>> ReadKeys(std::vector<std::string> const& files) {
  std::vector<PublicKey> keys;
  for (std::string const& file : files) {
    absl::StatusOr<PublicKey> key = ReadPublicKey(file);
    if (!key.ok())
      return absl::InvalidArgumentError(absl::StrCat("--public-key: ", key.status().message()));
    keys.push_back(*std::move(key));
  }
  return keys;
}

absl::StatusOr<std::string> AssetNameOf(std::string const& name) {
  std::string const asset_name = SanitizeAssetName(name);
  if (!CheckFileName(name).ok() || !CheckFileName(asset_name).ok() || IsSideFileName(asset_name))
    return absl::InvalidArgumentError(
        absl::StrCat("'", absl::Utf8SafeCHexEscape(name), "' is no probe's name"));
  return asset_name;
}

absl::StatusOr<absl::Duration> Patience(std::string const& text) {
  absl::Duration patience;
  if (absl::ParseDuration(text, &patience) && patience >= absl::ZeroDuration() &&
      patience <= absl::Hours(1)) {
    return patience;
  }
  return absl::InvalidArgumentError(absl::StrCat("--wait: '", absl::Utf8SafeCHexEscape(text),
                                                 "' is no time from 0s to 1h, such as 10s"));
}

}  // namespace

void AddReleaseOptions(CLI::App& verb, ReleaseOptions& options) {
  verb.add_option("--repository", options.repositories,
                  "owner/name at GitHub, or the URL of a repository or coordinator; may be "
                  "repeated, and is tried in turn")
      ->envname("PROBEFARM_REPOSITORY")
      ->allow_extra_args(false);
  verb.add_option("--driver", options.driver_version, "driver version, such as 8.0.0+driver");
  verb.add_option_function<Arch>(
          "--arch", [&options](Arch arch) { options.arch = arch; },
          "x86_64 (if nothing is said) or aarch64")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Arch>{{"x86_64", Arch::kX86_64}, {"aarch64", Arch::kAarch64}}));
  verb.add_option("--tag", options.tag,
                  "the release's tag, instead of that of --driver and --arch");
  verb.add_option(
          "--public-key", options.public_keys,
          "PEM file with the key of whoever published; may be repeated: any of them will do")
      ->allow_extra_args(false);
  verb.add_option("--wait", options.wait,
                  "how long to wait for a release that is just being written")
      ->capture_default_str();
}

absl::StatusOr<ReleaseQuestion> ReleaseQuestionOf(ReleaseOptions const& options,
                                                  std::string const& name) {
  ReleaseQuestion question;
  ASSIGN_OR_RETURN(question.asset_name, AssetNameOf(name));
  ASSIGN_OR_RETURN(question.repositories, ReadRepositories(options.repositories));
  ASSIGN_OR_RETURN(question.tags, TagsFrom(options));
  ASSIGN_OR_RETURN(question.keys, ReadKeys(options.public_keys));
  ASSIGN_OR_RETURN(question.patience, Patience(options.wait));
  question.pause = [](absl::Duration pause) { absl::SleepFor(pause); };
  return question;
}

absl::StatusOr<std::unique_ptr<HttpClient>> ReleaseHttpClient(
    CommandContext const& context, std::vector<Repository> const& repositories) {
  HttpTrust trust;
  for (Repository const& repository : repositories) {
    if (!repository.own || context.transport.tls.ca.empty() || !trust.host.empty()) continue;
    TlsFiles files;
    files.ca = context.transport.tls.ca;
    ASSIGN_OR_RETURN(TlsTexts const texts, ReadTlsFiles(files));
    trust.host = HostOfUrl(repository.url);
    trust.ca = [ca = texts.ca] { return ca; };
  }
  return MakeHttpClient("probefarm", std::move(trust));
}

CLI::App* AddReleaseVerb(CLI::App& app, std::string const& name, std::string const& description,
                         std::string const& examples, CommandContext& context, CommandAction action,
                         CommandAction& chosen) {
  CLI::App* const verb = AddVerb(app, name, description, examples, std::move(action), chosen);
  verb->parse_complete_callback([&context] { context.needs_coordinator = false; });
  return verb;
}

}  // namespace probefarm
