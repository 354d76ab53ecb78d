#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "absl/status/statusor.h"
#include "bench/uploads/budget.h"
#include "bench/uploads/catalog.h"
#include "bench/uploads/edits.h"
#include "bench/uploads/publish.h"

namespace probefarm {
namespace {

struct Flags {
  std::string address;
  UploadLoadOptions load;
  int probes = 500;
  int patience_s = 600;
  int hours = 6;
  int edits = 1000;
  std::string path;
  int64_t rows = 1'000'000;
};

int Show(absl::StatusOr<nlohmann::json> const& result) {
  if (!result.ok()) {
    std::cerr << "probefarm-uploads: " << result.status() << '\n';
    return 1;
  }
  std::cout << *result << '\n';
  return 0;
}

int Run(int argc, char** argv) {
  CLI::App app("Measures what publishing to GitHub costs. Prints one line of JSON.");
  app.require_subcommand(1);
  Flags flags;
  CLI::App* const publish = app.add_subcommand("publish", "light workers publish made-up probes");
  publish->add_option("address", flags.address, "the coordinator's ADDR:PORT")->required();
  publish->add_option("--probes", flags.probes);
  publish->add_option("--releases", flags.load.releases, "over which they go");
  publish->add_option("--workers", flags.load.workers);
  publish->add_option("--bytes", flags.load.file_bytes, "of each file");
  publish->add_option("--seed", flags.load.seed, "another one makes other probes");
  publish->add_option("--patience", flags.patience_s, "seconds");
  CLI::App* const budget = app.add_subcommand("budget", "the pacing against the fake's limiter");
  budget->add_option("--hours", flags.hours, "of the fake's time");
  CLI::App* const edits = app.add_subcommand("edits", "side files are replaced again and again");
  edits->add_option("--edits", flags.edits);
  CLI::App* const catalog = app.add_subcommand("catalog", "a large catalog on disk");
  catalog->add_option("path", flags.path, "a database that is not there yet")->required();
  catalog->add_option("--probes", flags.rows);
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (publish->parsed())
    return Show(
        PublishProbes(flags.address, flags.load, flags.probes, absl::Seconds(flags.patience_s)));
  if (edits->parsed()) return Show(EditSideFiles(flags.edits));
  if (budget->parsed()) return Show(MeasureBudget(flags.hours));
  return Show(MeasureCatalog(flags.path, flags.rows));
}

}  // namespace
}  // namespace probefarm

int main(int argc, char** argv) {
  try {
    return probefarm::Run(argc, argv);
  } catch (std::exception const& error) {
    std::cerr << "probefarm-uploads: " << error.what() << '\n';
    return 1;
  }
}
