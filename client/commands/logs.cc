#include <iostream>
#include <memory>

#include "absl/strings/numbers.h"
#include "client/commands/command.h"
#include "client/commands/release_options.h"
#include "client/releases/published_log.h"
#include "lib/rpc/status.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

struct Options {
  std::string what;
  int64_t job = 0;  // 0: `what` is a probe's name
  int64_t epoch = 0;
  bool follow = false;
  ReleaseOptions release;
};

absl::Status PrintPublished(CommandContext const& context, Options const& options) {
  if (options.follow || options.epoch != 0)
    return absl::InvalidArgumentError("-f and --epoch are of a job: give its number");
  ASSIGN_OR_RETURN(ReleaseQuestion const question,
                   ReleaseQuestionOf(options.release, options.what));
  ASSIGN_OR_RETURN(std::unique_ptr<HttpClient> const http,
                   ReleaseHttpClient(context, question.repositories));
  ASSIGN_OR_RETURN(PublishedLog const log, FetchPublishedLog(*http, question));
  if (log.key_id.empty()) {
    std::cerr << "probefarm: WARNING: NOT VERIFIED. Without --public-key nobody vouches for this "
                 "log.\n";
  } else {
    std::cerr << "probefarm: " << log.bundle << ", signed with key " << log.key_id << '\n';
  }
  std::cout << log.text << std::flush;
  return absl::OkStatus();
}

absl::Status PrintJobs(CommandContext& context, Options const& options) {
  v1::TailLogRequest request;
  request.set_job(options.job);
  request.set_epoch(options.epoch);
  request.set_follow(options.follow);
  Connection& connection = context.connection();
  // No deadline: a followed log lasts as long as its build.
  grpc::ClientContext call;
  auto const stream = connection.jobs().TailLog(&call, request);
  v1::TailLogResponse piece;
  while (stream->Read(&piece)) std::cout << piece.data() << std::flush;
  return connection.Explain(FromGrpc(stream->Finish()));
}

absl::Status Run(CommandContext& context, Options const& options) {
  return options.job != 0 ? PrintJobs(context, options) : PrintPublished(context, options);
}

}  // namespace

void AddLogs(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "logs",
      "Print a build log: of a job's latest run, or of a published probe without a coordinator",
      "  probefarm logs 17\n"
      "  probefarm logs -f 17            # until the run is over\n"
      "  probefarm logs --epoch 1 17     # of an earlier run\n"
      "  probefarm logs falco_debian_6.1.192-2-cloud-amd64_1.o --driver 8.0.0+driver \\\n"
      "      --repository owner/name --public-key farm.pub\n",
      [options, &context] { return Run(context, *options); }, chosen);
  verb->add_option("ID|NAME", options->what, "the job's number, or what its probe is published as")
      ->required();
  verb->add_option("--epoch", options->epoch, "of this run instead of the latest");
  verb->add_flag("-f,--follow", options->follow, "go on until the run is over");
  AddReleaseOptions(*verb, options->release);
  verb->parse_complete_callback([options, &context] {
    if (!absl::SimpleAtoi(options->what, &options->job) || options->job <= 0) options->job = 0;
    if (options->job == 0) context.needs_coordinator = false;
  });
}

}  // namespace probefarm
