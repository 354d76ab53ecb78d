#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>

#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_macros.h"
#include "tests/testing/github/fake_github.h"
#include "tests/testing/github/recorded_github.h"

namespace probefarm {
namespace {

struct Flags {
  FakeGitHubOptions options;
  std::vector<std::string> repositories;
  std::vector<std::string> tokens;
  std::vector<std::string> rules;
  double list_lag = 0;
  double tag_lag = 0;
  bool manual_clock = false;
  bool links_by_path = false;
  bool no_starter_on_abort = false;
  std::string replay;
  int skip = 0;
};

void AddFlags(CLI::App& app, Flags& flags) {
  FakeGitHubOptions& options = flags.options;
  app.add_option("--port", options.port,
                 "of the API; uploads, web and storage have the three above. 0: any");
  app.add_option("--state-dir", options.state_dir, "keep everything here, over restarts");
  app.add_option("--repository", flags.repositories, "o/r that is there; repeatable");
  app.add_option("--token", flags.tokens, "that may write everywhere; repeatable");
  app.add_option("--fault", flags.rules, "a rule of fake_fault.h; repeatable");
  app.add_option("--list-lag", flags.list_lag, "seconds");
  app.add_option("--tag-lag", flags.tag_lag, "seconds");
  app.add_flag("--manual-clock", flags.manual_clock, "time moves by /_control/clock alone");
  app.add_flag("--no-limits", options.limits.off, "no rate limit at all");
  app.add_option("--assets-a-release", options.limits.assets_a_release);
  app.add_option("--embedded-assets", options.embedded_assets, "that a release carries along");
  app.add_option("--public-api", options.public_api_url, "URL that answers name, of a proxy");
  app.add_option("--public-uploads", options.public_uploads_url);
  app.add_flag("--links-by-path", flags.links_by_path, "Link: /repos/o/r, not /repositories/<id>");
  app.add_flag("--etag-by-token", options.etag_by_token);
  app.add_flag("--no-starter-on-abort", flags.no_starter_on_abort);
  app.add_option("--replay", flags.replay, "give the answers recorded in this file instead");
  app.add_option("--skip", flags.skip, "the first steps of the recording");
}

void Announce(nlohmann::json const& urls) { std::cout << urls.dump() << std::endl; }

// The signals are blocked before any thread starts, so that none but this one takes them.
void WaitForSignal(sigset_t const& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
}

sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int Fail(absl::Status const& status) {
  std::cerr << "fake-github: " << status << '\n';
  return 1;
}

int Replay(Flags const& flags, sigset_t const& signals) {
  auto const recorded = RecordedGitHub::Start(flags.replay, flags.skip, flags.options.port);
  if (!recorded.ok()) return Fail(recorded.status());
  Announce({{"api", (*recorded)->api_url()}, {"uploads", (*recorded)->uploads_url()}});
  WaitForSignal(signals);
  for (std::string const& complaint : (*recorded)->complaints()) std::cerr << complaint << '\n';
  return (*recorded)->complaints().empty() && (*recorded)->steps_left() == 0 ? 0 : 1;
}

absl::Status Furnish(FakeGitHub& github, Flags const& flags) {
  for (std::string const& repository : flags.repositories) github.AddRepository(repository);
  for (std::string const& token : flags.tokens) github.AddToken({.value = token});
  for (std::string const& rule : flags.rules) RETURN_IF_ERROR(github.Plant(rule));
  github.SetListLag(absl::Seconds(flags.list_lag));
  github.SetTagLag(absl::Seconds(flags.tag_lag));
  return absl::OkStatus();
}

int Serve(Flags flags, sigset_t const& signals) {
  FakeClock const clock;
  if (flags.manual_clock) flags.options.clock = &clock;
  flags.options.links_by_id = !flags.links_by_path;
  flags.options.starter_on_abort = !flags.no_starter_on_abort;
  auto const github = FakeGitHub::Start(flags.options);
  if (!github.ok()) return Fail(github.status());
  if (absl::Status const done = Furnish(**github, flags); !done.ok()) return Fail(done);
  Announce({{"api", (*github)->api_url()},
            {"uploads", (*github)->uploads_url()},
            {"web", (*github)->web_url()},
            {"storage", (*github)->storage_url()}});
  WaitForSignal(signals);
  return 0;
}

int Run(int argc, char** argv) {
  CLI::App app(
      "A GitHub for tests. Prints its URLs as one line of JSON and serves until SIGTERM. "
      "/_control/… at the API plants faults and shows the state: tests/testing/github/control.h.");
  Flags flags;
  AddFlags(app, flags);
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    return app.exit(error);
  }
  sigset_t const signals = BlockSignals();
  return flags.replay.empty() ? Serve(flags, signals) : Replay(flags, signals);
}

}  // namespace
}  // namespace probefarm

int main(int argc, char** argv) {
  try {
    return probefarm::Run(argc, argv);
  } catch (std::exception const& error) {
    std::cerr << "fake-github: " << error.what() << '\n';
    return 1;
  }
}
