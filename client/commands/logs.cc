#include <iostream>
#include <memory>

#include "client/commands/command.h"
#include "lib/rpc/status.h"

namespace probefarm {
namespace {

struct Options {
  int64_t job = 0;
  int64_t epoch = 0;
  bool follow = false;
};

absl::Status Run(CommandContext& context, Options const& options) {
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

}  // namespace

void AddLogs(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "logs", "Print the build log of a job's latest run",
      "  probefarm logs 17\n"
      "  probefarm logs -f 17            # until the run is over\n"
      "  probefarm logs --epoch 1 17     # of an earlier run\n",
      [options, &context] { return Run(context, *options); }, chosen);
  verb->add_option("ID", options->job, "the job's number")->required();
  verb->add_option("--epoch", options->epoch, "of this run instead of the latest");
  verb->add_flag("-f,--follow", options->follow, "go on until the run is over");
}

}  // namespace probefarm
