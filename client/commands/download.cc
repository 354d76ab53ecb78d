#include "lib/http/download.h"

#include <atomic>
#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/commands/release_options.h"
#include "client/output/json.h"
#include "client/releases/release_lookup.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/driver_version.h"
#include "lib/runtime/signals.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

struct Options {
  std::string name;
  std::string driver_name = "falco";
  ProbeId probe;  // less driver version and arch, which are in `release`
  std::string out = ".";
  ReleaseOptions release;
  OutputFormat format = OutputFormat::kTable;
};

absl::StatusOr<std::string> NameOf(Options const& options) {
  ProbeId probe = options.probe;
  probe.driver_version = options.release.driver_version;
  bool const described = !probe.kernel_release.empty() && !probe.target.empty() &&
                         !probe.kernel_version.empty() && !probe.driver_version.empty();
  if (options.name.empty() && described) return ProbeFileName(options.driver_name, probe);
  if (!options.name.empty() && probe.kernel_release.empty() && probe.target.empty())
    return options.name;
  return absl::InvalidArgumentError(
      "give either NAME or all of --driver, --target, --kernel and --kernel-version");
}

absl::Status CheckFolder(std::string const& path) {
  std::error_code unreadable;
  if (std::filesystem::is_directory(path, unreadable)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--out: there is no folder ", path));
}

// What is listed, until the signal comes.
absl::StatusOr<DownloadResult> Fetch(HttpClient& http, FoundRelease const& found,
                                     std::string const& asset_name, std::string const& path) {
  DownloadRequest request;
  request.urls = {found.reader.UrlOf(asset_name)};
  request.destination = path;
  ASSIGN_OR_RETURN(request.sha256, ListedSha256(found.record, asset_name));
  if (!found.record.key_id.empty()) {
    ASSIGN_OR_RETURN(IndexedProbe const indexed, IndexedAsset(found.record, asset_name));
    request.size = indexed.size;
  }
  std::atomic<bool> stop = false;
  SignalListener const listener([&stop](int) { stop = true; });
  request.cancelled = [&stop] { return stop.load(); };
  absl::StatusOr<DownloadResult> got = Download(http, request);
  if (!absl::IsDataLoss(got.status())) return got;
  return Annotate(got.status(), absl::StrCat(asset_name, " is not what was published"));
}

void PrintResult(Options const& options, FoundRelease const& found, std::string const& sha256,
                 std::string const& path) {
  std::string const& key = found.record.key_id;
  if (key.empty()) {
    std::cerr << "probefarm: WARNING: NOT VERIFIED. Without --public-key the digest is only what "
                 "the repository says of itself: whoever can write there can have changed both.\n";
  } else {
    std::cerr << "probefarm: signed with key " << key << '\n';
  }
  if (options.format == OutputFormat::kTable) {
    std::cout << sha256 << "  " << path << '\n';
    return;
  }
  nlohmann::ordered_json json = {{"path", path}, {"sha256", sha256}, {"verified", !key.empty()}};
  if (!key.empty()) json["release_key"] = key;
  std::cout << Print(json);
}

absl::Status Run(CommandContext const& context, Options const& options) {
  ASSIGN_OR_RETURN(std::string const name, NameOf(options));
  ASSIGN_OR_RETURN(ReleaseQuestion const question, ReleaseQuestionOf(options.release, name));
  RETURN_IF_ERROR(CheckFolder(options.out));
  ASSIGN_OR_RETURN(std::unique_ptr<HttpClient> const http,
                   ReleaseHttpClient(context, question.repositories));
  ASSIGN_OR_RETURN(FoundRelease const found, FindRelease(*http, question));
  std::string const path = (std::filesystem::path(options.out) / question.asset_name).string();
  ASSIGN_OR_RETURN(DownloadResult const got, Fetch(*http, found, question.asset_name, path));
  PrintResult(options, found, got.sha256, path);
  return absl::OkStatus();
}

}  // namespace

void AddDownload(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddReleaseVerb(
      app, "download", "Download a probe and check it, without a coordinator",
      "  probefarm download falco_debian_6.1.192-2-cloud-amd64_1.o --driver 8.0.0+driver \\\n"
      "      --repository owner/name --public-key farm.pub\n"
      "  probefarm download --driver 8.0.0+driver --target debian \\\n"
      "      --kernel 6.1.192-2-cloud-amd64 --kernel-version 1 --kind kmod \\\n"
      "      --repository https://farm.example:7601 --public-key farm.pub --out /tmp\n",
      context, [options, &context] { return Run(context, *options); }, chosen);
  verb->add_option("NAME", options->name, "what the probe was published as");
  verb->add_option("--target", options->probe.target, "instead of NAME: such as debian");
  verb->add_option("--kernel", options->probe.kernel_release, "and the kernel release of the name");
  verb->add_option("--kernel-version", options->probe.kernel_version,
                   "and the kernel version of the name");
  verb->add_option("--kind", options->probe.kind, "bpf (if nothing is said) or kmod")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Kind>{{"bpf", Kind::kBpf}, {"kmod", Kind::kKmod}}));
  verb->add_option("--driver-name", options->driver_name, "first part of the name")
      ->capture_default_str();
  verb->add_option("--out", options->out, "folder for the file")->capture_default_str();
  AddReleaseOptions(*verb, options->release);
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
