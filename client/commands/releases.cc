#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/output/json.h"
#include "client/output/names.h"
#include "client/output/table.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using HeldAssets = google::protobuf::RepeatedPtrField<v1::HeldAsset>;

std::string ReleaseText(v1::HeldAsset const& asset) {
  if (asset.repository().empty()) return asset.tag();
  return absl::StrCat(asset.tag(), " of ", asset.repository());
}

std::string WhyText(v1::HeldAsset const& asset) {
  if (!asset.has_recorded()) return asset.why();
  return absl::StrCat("recorded with ", asset.recorded().size(), " bytes and sha256 ",
                      asset.recorded().sha256());
}

void AddRows(std::string const& finding, HeldAssets const& assets, Table& table) {
  for (v1::HeldAsset const& asset : assets) {
    table.AddRow({finding, ReleaseText(asset), asset.asset_name(), SizeText(asset.held().size()),
                  asset.held().sha256().empty() ? "unknown" : asset.held().sha256(),
                  WhyText(asset)});
  }
}

void PrintText(v1::GetReleasesResponse const& releases) {
  v1::ReleaseSummary const& summary = releases.summary();
  std::cout << "compared "
            << (summary.has_compared_at() ? TimeText(summary.compared_at()) : "not yet") << ": "
            << summary.tampered() << " tampered, " << summary.conflicts() << " conflicts, "
            << summary.withdrawn() << " withdrawn, " << summary.waiting() << " waiting, "
            << summary.foreign() << " foreign\n";
  if (!summary.error().empty()) std::cout << "last try failed: " << summary.error() << '\n';
  Table table({"FINDING", "RELEASE", "ASSET", "SIZE", "HELD SHA256", "WHY"});
  AddRows("tampered", releases.tampered(), table);
  AddRows("conflict", releases.conflicts(), table);
  AddRows("withdrawn", releases.withdrawn(), table);
  AddRows("waiting", releases.waiting(), table);
  AddRows("foreign", releases.foreign(), table);
  table.Print(std::cout);
}

absl::Status Run(CommandContext& context, OutputFormat format) {
  Connection& connection = context.connection();
  ASSIGN_OR_RETURN(auto const releases,
                   connection.Call(connection.catalog(), &v1::CatalogService::Stub::GetReleases,
                                   v1::GetReleasesRequest()));
  if (format == OutputFormat::kTable) {
    PrintText(releases);
  } else {
    std::cout << Print(ToJson(releases));
  }
  return absl::OkStatus();
}

}  // namespace

void AddReleases(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto format = std::make_shared<OutputFormat>(OutputFormat::kTable);
  CLI::App* const verb = AddVerb(
      app, "releases", "List what the releases hold and the catalog does not vouch for",
      "  probefarm releases\n"
      "  probefarm releases -o json | jq '.assets[] | select(.finding == \"tampered\")'\n",
      [format, &context] { return Run(context, *format); }, chosen);
  AddOutputOption(*verb, *format);
}

}  // namespace probefarm
