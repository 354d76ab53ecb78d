#include "worker/rebuild/command_line.h"

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "lib/runtime/signals.h"
#include "worker/rebuild/rebuild.h"

namespace probefarm {
namespace {

// XDG Base Directory Specification.
std::string DefaultCacheDir() {
  if (char const* const cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return absl::StrCat(cache, "/probefarm");
  char const* const home = std::getenv("HOME");
  return absl::StrCat(home == nullptr ? "/tmp" : home, "/.cache/probefarm");
}

void AddOptions(CLI::App& app, RebuildOptions& options) {
  app.footer(
      "Exit codes: 0 the same bytes, 1 different (and in what), 2 wrong usage or no such probe,\n"
      "3 it could not be found out, here and now.\n"
      "\nExamples:\n"
      "  probefarm-worker rebuild falco_debian_6.1.192-2-cloud-amd64_1.o \\\n"
      "      --index https://farm.example/releases/download/8.0.0%2Bdriver/x86_64\n"
      "  probefarm job 17 --spec >spec.json\n"
      "  probefarm-worker rebuild spec.json --sha256 191aeb69... --inputs-dir inputs\n");
  app.add_option("NAME|SPEC", options.what,
                 "a published probe's name, or a file with its build spec")
      ->required();
  app.add_option("--index", options.index, "URL of the release that has it, or of its index.json");
  app.add_option("--sha256", options.sha256, "what to compare with, in place of the index");
  app.add_option("--inputs-dir", options.inputs_dir,
                 "a folder with inputs, by name or by digest; what it lacks is downloaded");
  app.add_option("--cache-dir", options.cache_dir,
                 "where inputs are kept; one rebuild at a time uses it")
      ->capture_default_str();
  app.add_option("--engine", options.engine, "address of the container engine")
      ->capture_default_str();
  app.add_option("--log", options.log, "a file for the build's output");
}

}  // namespace

int RebuildCommand(int argc, char** argv, std::string const& version) {
  RebuildOptions options;
  options.cache_dir = DefaultCacheDir();
  options.engine = "unix:///var/run/docker.sock";
  options.version = version;
  CLI::App app("probefarm-worker rebuild: builds a published probe again and compares");
  AddOptions(app, options);
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(RebuildEnd::kUsage);
  }
  std::atomic<bool> stop = false;
  SignalListener const listener([&stop](int) { stop = true; });
  options.cancelled = [&stop] { return stop.load(); };
  return static_cast<int>(Rebuild(options, std::cout, std::cerr));
}

}  // namespace probefarm
