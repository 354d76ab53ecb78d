#include "worker/build/leftovers.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"
#include "worker/inputs/labels.h"

namespace probefarm {
namespace {

namespace fs = std::filesystem;

// Of a listed container or volume: whether it is a dead run's.
using IsDead = std::function<bool(ContainerLabels const&)>;

absl::Status RemoveContainers(ContainerEngine& engine, std::string const& label,
                              IsDead const& is_dead) {
  ASSIGN_OR_RETURN(auto const containers, engine.ListContainers(label));
  absl::Status result;
  for (auto const& container : containers) {
    if (!is_dead(container.labels)) continue;
    Log(LogLevel::kInfo, "removing a dead run's container", {{"container", container.name}});
    result.Update(engine.RemoveContainer(container.id));
  }
  return result;
}

absl::Status RemoveVolumes(ContainerEngine& engine, std::string const& label,
                           IsDead const& is_dead) {
  ASSIGN_OR_RETURN(auto const volumes, engine.ListVolumes(label));
  absl::Status result;
  for (auto const& volume : volumes) {
    if (!is_dead(volume.labels)) continue;
    Log(LogLevel::kInfo, "removing a dead run's volume", {{"volume", volume.name}});
    result.Update(engine.RemoveVolume(volume.name));
  }
  return result;
}

absl::StatusOr<std::vector<fs::path>> FilesIn(std::string const& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::directory_iterator it(folder, error);
  if (error == std::errc::no_such_file_or_directory) return files;
  for (; !error && it != fs::end(it); it.increment(error)) {
    if (it->is_regular_file(error)) files.push_back(it->path());
  }
  if (error) return FileError(error.value(), "list", folder);
  return files;
}

absl::Status RemoveFiles(std::string const& folder) {
  ASSIGN_OR_RETURN(auto const files, FilesIn(folder));
  absl::Status result;
  for (auto const& file : files) {
    std::error_code error;
    fs::remove(file, error);
    if (error) result.Update(FileError(error.value(), "remove", file.string()));
  }
  return result;
}

absl::Status RemoveFromEngine(ContainerEngine& engine, std::string const& worker_id,
                              IsDead const& is_dead) {
  std::string const label = absl::StrCat(kWorkerLabel, "=", worker_id);
  absl::Status result = RemoveContainers(engine, label, is_dead);
  result.Update(RemoveVolumes(engine, label, is_dead));
  return result;
}

std::string LabelOr(ContainerLabels const& labels, std::string const& key) {
  auto const label = labels.find(key);
  return label == labels.end() ? "" : label->second;
}

}  // namespace

absl::Status RemoveLeftovers(ContainerEngine& engine, std::string const& worker_id,
                             std::string const& spool_dir) {
  absl::Status result =
      RemoveFromEngine(engine, worker_id, [](ContainerLabels const&) { return true; });
  result.Update(RemoveFiles(spool_dir));
  return Annotate(result, absl::StrCat("remove what worker ", worker_id, " left"));
}

absl::Status RemoveStrays(ContainerEngine& engine, std::string const& worker_id,
                          std::function<bool(BuildLease const&)> const& is_held) {
  // Fillers have no lease.
  auto const is_stray = [&](ContainerLabels const& labels) {
    BuildLease lease{worker_id, 0, 0};
    return absl::SimpleAtoi(LabelOr(labels, kJobLabel), &lease.job) &&
           absl::SimpleAtoi(LabelOr(labels, kEpochLabel), &lease.epoch) && !is_held(lease);
  };
  return Annotate(RemoveFromEngine(engine, worker_id, is_stray),
                  absl::StrCat("remove what builds of worker ", worker_id, " left"));
}

}  // namespace probefarm
