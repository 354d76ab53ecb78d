#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/commands/wishes.h"
#include "client/output/json.h"
#include "client/output/table.h"
#include "lib/driver/loader_name.h"
#include "lib/rpc/wire.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// What one call takes at once; the coordinator takes 1,000.
constexpr int kBatch = 500;

struct Options {
  std::string driver_version;
  HostKernel host;
  std::string arch = "x86_64";
  std::string kind = "kmod";
  std::string probes_file;
  std::vector<std::string> spec_files;
  std::string key;
  bool backfill_lane = false;
  OutputFormat format = OutputFormat::kTable;
};

absl::StatusOr<std::string> ReadAll(std::string const& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& in = path == "-" ? std::cin : file;
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad() || (path != "-" && !file.is_open()))
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path));
  return text;
}

absl::StatusOr<v1::EnqueueEntry> ProbeOfHost(Options const& options) {
  HostKernel host = options.host;
  ASSIGN_OR_RETURN(host.arch, ParseArch(options.arch));
  ASSIGN_OR_RETURN(Kind const kind, ParseKind(options.kind));
  v1::EnqueueEntry entry;
  *entry.mutable_probe() = ToWire(ProbeForHost(options.driver_version, host, kind));
  return entry;
}

absl::StatusOr<std::vector<v1::EnqueueEntry>> EntriesOf(Options const& options) {
  std::vector<v1::EnqueueEntry> entries;
  if (!options.probes_file.empty()) {
    ASSIGN_OR_RETURN(std::string const text, ReadAll(options.probes_file));
    absl::StatusOr<std::vector<v1::EnqueueEntry>> read = ReadWishes(text);
    RETURN_IF_ERROR(Annotate(read.status(), options.probes_file));
    entries = *std::move(read);
  }
  for (std::string const& path : options.spec_files) {
    ASSIGN_OR_RETURN(std::string spec, ReadAll(path));
    entries.emplace_back().set_spec(std::move(spec));
  }
  if (!options.host.release.empty()) {
    ASSIGN_OR_RETURN(v1::EnqueueEntry entry, ProbeOfHost(options));
    entries.push_back(std::move(entry));
  }
  if (entries.empty())
    return absl::InvalidArgumentError(
        "nothing to enqueue: --release, --probes or --spec says what");
  return entries;
}

// Batch by batch; an error leaves those before it enqueued, and the same command joins them.
absl::StatusOr<std::vector<v1::EnqueueAnswer>> Send(Connection& connection, Options const& options,
                                                    std::vector<v1::EnqueueEntry> const& entries) {
  std::vector<v1::EnqueueAnswer> answers;
  while (answers.size() < entries.size()) {
    v1::EnqueueRequest request;
    request.set_lane(options.backfill_lane ? v1::LANE_BACKFILL : v1::LANE_NEW_KERNELS);
    if (!options.key.empty())
      request.set_idempotency_key(absl::StrCat(options.key, "/", answers.size()));
    for (size_t i = answers.size(); i < entries.size() && request.entries_size() < kBatch; ++i)
      *request.add_entries() = entries[i];
    ASSIGN_OR_RETURN(v1::EnqueueResponse const response,
                     connection.Call(connection.jobs(), &v1::JobService::Stub::Enqueue, request));
    if (response.answers_size() != request.entries_size())
      return absl::InternalError("the coordinator answered other entries");
    answers.insert(answers.end(), response.answers().begin(), response.answers().end());
  }
  return answers;
}

void PrintTable(std::vector<v1::EnqueueEntry> const& entries,
                std::vector<v1::EnqueueAnswer> const& answers) {
  Table table({"JOB", "ANSWER", "ENTRY"});
  for (size_t i = 0; i < answers.size(); ++i) {
    v1::EnqueueAnswer const& answer = answers[i];
    std::string const verdict = answer.job() == 0 ? answer.refused().text()
                                : answer.joined() ? "joined"
                                                  : "enqueued";
    table.AddRow(
        {answer.job() == 0 ? "-" : absl::StrCat(answer.job()), verdict, DescribeWish(entries[i])});
  }
  table.Print(std::cout);
}

absl::Status Run(CommandContext& context, Options const& options) {
  ASSIGN_OR_RETURN(std::vector<v1::EnqueueEntry> const entries, EntriesOf(options));
  ASSIGN_OR_RETURN(std::vector<v1::EnqueueAnswer> const answers,
                   Send(context.connection(), options, entries));
  int refused = 0;
  auto json = nlohmann::ordered_json::array();
  for (v1::EnqueueAnswer const& answer : answers) {
    if (answer.job() == 0) ++refused;
    json.push_back(ToJson(answer));
  }
  if (options.format == OutputFormat::kJson) {
    std::cout << Print(json);
  } else {
    PrintTable(entries, answers);
  }
  if (refused == 0) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat(refused, " of ", answers.size(), " were refused"));
}

}  // namespace

void AddEnqueue(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  options->host.target = "debian";
  CLI::App* const verb = AddVerb(
      app, "enqueue", "Enqueue single probes: for one host, of a list, or by whole build specs",
      "  probefarm enqueue --driver 8.0.0+driver --release \"$(uname -r)\" --version \"$(uname "
      "-v)\" --kind kmod\n"
      "  probefarm jobs --state dead -o json | probefarm enqueue --probes -\n"
      "  probefarm enqueue --spec spec.json\n",
      [options, &context] { return Run(context, *options); }, chosen);
  CLI::Option* const driver =
      verb->add_option("--driver", options->driver_version, "driver version of the host's probe");
  CLI::Option* const version =
      verb->add_option("--version", options->host.version, "the host's `uname -v`");
  verb->add_option("--release", options->host.release, "the host's `uname -r`")
      ->needs(driver)
      ->needs(version);
  verb->add_option("--target", options->host.target, "the host's system")->capture_default_str();
  verb->add_option("--arch", options->arch, "the host's `uname -m`")
      ->capture_default_str()
      ->check(CLI::IsMember({"x86_64", "aarch64"}));
  verb->add_option("--kind", options->kind, "bpf or kmod")
      ->capture_default_str()
      ->check(CLI::IsMember({"bpf", "kmod"}));
  verb->add_option("--probes", options->probes_file,
                   "a JSON array of probes, as `jobs -o json` prints them; -: standard input");
  verb->add_option("--spec", options->spec_files,
                   "a build spec, as `job ID --spec` prints it; may be repeated");
  verb->add_option("--key", options->key,
                   "the same key and input again are answered as they were first, for a week");
  verb->add_flag("--backfill", options->backfill_lane, "wait behind new kernels");
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
