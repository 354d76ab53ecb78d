#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Stub = v1::JobService::Stub;

absl::Status Say(absl::string_view what) {
  std::cout << what << '\n';
  return absl::OkStatus();
}

absl::Status Pause(CommandContext& context) {
  Connection& connection = context.connection();
  RETURN_IF_ERROR(connection.Call(connection.jobs(), &Stub::Pause, v1::PauseRequest()).status());
  return Say("paused: what runs is finished, nothing new is begun until `probefarm resume`");
}

absl::Status Resume(CommandContext& context) {
  Connection& connection = context.connection();
  RETURN_IF_ERROR(connection.Call(connection.jobs(), &Stub::Resume, v1::ResumeRequest()).status());
  return Say("resumed");
}

absl::Status ResumeWorker(CommandContext& context, std::string const& worker) {
  v1::ResumeWorkerRequest request;
  request.set_worker(worker);
  Connection& connection = context.connection();
  RETURN_IF_ERROR(connection.Call(connection.jobs(), &Stub::ResumeWorker, request).status());
  return Say(absl::StrCat("worker ", worker, " is given work again once it runs"));
}

absl::Status Drain(CommandContext& context, std::string const& worker) {
  v1::DrainWorkerRequest request;
  request.set_worker(worker);
  Connection& connection = context.connection();
  RETURN_IF_ERROR(connection.Call(connection.jobs(), &Stub::DrainWorker, request).status());
  return Say(absl::StrCat("worker ", worker, " finishes what it has and ends; `probefarm resume ",
                          worker, "` gives it work again"));
}

}  // namespace

void AddPause(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  AddVerb(
      app, "pause", "Begin nothing new until resume; what runs is finished", "  probefarm pause\n",
      [&context] { return Pause(context); }, chosen);
}

void AddResume(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto worker = std::make_shared<std::string>();
  CLI::App* const verb = AddVerb(
      app, "resume", "End a pause, or the draining of one worker",
      "  probefarm resume\n  probefarm resume build1\n",
      [worker, &context] {
        return worker->empty() ? Resume(context) : ResumeWorker(context, *worker);
      },
      chosen);
  verb->add_option("WORKER", *worker, "a worker that was drained; without it: the farm");
}

void AddDrain(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto worker = std::make_shared<std::string>();
  CLI::App* const verb = AddVerb(
      app, "drain", "Let a worker finish what it has and end", "  probefarm drain build1\n",
      [worker, &context] { return Drain(context, *worker); }, chosen);
  verb->add_option("WORKER", *worker, "its id, as `probefarm workers` lists it")->required();
}

}  // namespace probefarm
