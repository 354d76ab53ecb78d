#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/output/json.h"
#include "client/output/names.h"
#include "client/output/state_counts.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kShownRooms = 5;

void PrintReleases(v1::ReleaseSummary const& found) {
  auto const print = [](char const* key, int64_t count, char const* what) {
    if (count > 0) std::cout << key << count << " assets " << what << " (`probefarm releases`)\n";
  };
  print("tampered     ", found.tampered(), "are not what was published");
  print("conflicts    ", found.conflicts(), "cannot be adopted");
  print("waiting      ", found.waiting(), "may be adopted later");
  print("foreign      ", found.foreign(), "are no probes");
  if (!found.error().empty()) std::cout << "releases     not compared: " << found.error() << '\n';
}

// The fullest tags: each with what fits into all of its releases together.
void PrintRooms(google::protobuf::RepeatedPtrField<v1::ReleaseRoom> const& places) {
  std::map<std::string, int64_t> by_tag;
  for (v1::ReleaseRoom const& place : places) by_tag[place.tag()] += place.room();
  std::multimap<int64_t, std::string> by_room;
  for (auto const& [tag, room] : by_tag) by_room.emplace(room, tag);
  int shown = 0;
  for (auto const& [room, tag] : by_room) {
    if (++shown > kShownRooms) {
      std::cout << "             and " << by_room.size() - kShownRooms << " tags with more\n";
      return;
    }
    std::cout << (shown == 1 ? "room         " : "             ") << "for " << room
              << " more probes under " << tag
              << (room == 0 ? ": its jobs wait (releases.github.repositories)" : "") << '\n';
  }
}

void PrintText(v1::GetStatusResponse const& status) {
  std::cout << "coordinator  " << status.version() << ", up since " << TimeText(status.started_at())
            << '\n'
            << "jobs         " << ProgressText(status.jobs()) << '\n'
            << "workers      " << status.live_workers() << " live, " << status.free_slots()
            << " of " << status.slots() << " slots free\n"
            << "published    " << status.published() << " probes below " << status.download_url()
            << '\n';
  std::cout << "signatures   "
            << (status.signing_key().empty()
                    ? "none: nobody can tell who published (signing.key_file)"
                    : absl::StrCat("by key ", status.signing_key()))
            << '\n';
  if (status.paused()) std::cout << "paused       nothing new is begun until `probefarm resume`\n";
  if (status.stale_releases() > 0) {
    std::cout << "side files   of " << status.stale_releases() << " releases are being written\n";
  }
  PrintReleases(status.releases());
  PrintRooms(status.rooms());
  if (!status.release_host_error().empty())
    std::cout << "release host " << status.release_host_error() << '\n';
  for (v1::FeedStatus const& feed : status.feeds()) {
    std::cout << "feed         " << feed.name() << ": " << feed.kernels() << " kernels, "
              << feed.incomplete() << " without complete headers, read "
              << TimeText(feed.last_success()) << '\n';
    if (!feed.error().empty()) std::cout << "             " << feed.error() << '\n';
  }
  for (v1::DriverStatus const& driver : status.drivers()) {
    std::cout << "driver       " << driver.version()
              << (driver.error().empty() ? ": ready" : ": " + driver.error()) << '\n';
  }
}

absl::Status Run(CommandContext& context, OutputFormat format) {
  Connection& connection = context.connection();
  ASSIGN_OR_RETURN(
      auto const status,
      connection.Call(connection.jobs(), &v1::JobService::Stub::GetStatus, v1::GetStatusRequest()));
  if (format == OutputFormat::kTable) {
    PrintText(status);
  } else {
    std::cout << Print(ToJson(status));
  }
  return absl::OkStatus();
}

}  // namespace

void AddStatus(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto format = std::make_shared<OutputFormat>(OutputFormat::kTable);
  CLI::App* const verb = AddVerb(
      app, "status", "Show how the farm is: jobs, workers, feeds, drivers, release host",
      "  probefarm status\n"
      "  probefarm status -o json\n",
      [format, &context] { return Run(context, *format); }, chosen);
  AddOutputOption(*verb, *format);
}

}  // namespace probefarm
