#include "tests/testing/farm/farm_engine.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/archive/tar_writer.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"
#include "worker/build/leftovers.h"
#include "worker/engine/docker_engine.h"
#include "worker/inputs/build_volume.h"
#include "worker/inputs/labels.h"

namespace probefarm {
namespace {

absl::StatusOr<std::string> TarOfGo() {
  std::string bytes;
  TarWriter tar(
      [&bytes](absl::string_view piece) {
        bytes.append(piece.data(), piece.size());
        return absl::OkStatus();
      },
      kBuildUid, kBuildGid);
  RETURN_IF_ERROR(tar.AddFile("go", 0644, ""));
  RETURN_IF_ERROR(tar.Finish());
  return bytes;
}

BodySource SourceOf(std::string const& bytes) {
  return [&bytes, sent = size_t{0}](char* buffer, size_t size) mutable -> absl::StatusOr<size_t> {
    size_t const copied = bytes.copy(buffer, size, sent);
    sent += copied;
    return copied;
  };
}

void Report(absl::Status const& removed) {
  if (!removed.ok()) Log(LogLevel::kError, "left behind", {{"error", removed.ToString()}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<FarmEngine>> FarmEngine::Connect(std::string const& address) {
  ASSIGN_OR_RETURN(auto engine, MakeDockerEngine(address));
  RETURN_IF_ERROR(engine->Version().status());
  return std::unique_ptr<FarmEngine>(new FarmEngine(std::move(engine)));
}

FarmEngine::FarmEngine(std::unique_ptr<ContainerEngine> engine) : engine_(std::move(engine)) {}

FarmEngine::~FarmEngine() {
  for (std::string const& worker : workers_) Report(RemoveLeftovers(*engine_, worker, ""));
  for (std::string const& volume : header_volumes_) Report(engine_->RemoveVolume(volume));
}

std::string FarmEngine::WorkerId(std::string const& name) {
  return *workers_.insert(absl::StrCat("test-", getpid(), "-", name)).first;
}

absl::StatusOr<std::vector<ListedContainer>> FarmEngine::RunningBuilds(std::string const& name) {
  ASSIGN_OR_RETURN(auto containers,
                   engine_->ListContainers(absl::StrCat(kWorkerLabel, "=", WorkerId(name))));
  std::erase_if(containers, [](ListedContainer const& container) { return !container.running; });
  return containers;
}

absl::StatusOr<std::vector<std::string>> FarmEngine::Leftovers(std::string const& name) {
  std::string const label = absl::StrCat(kWorkerLabel, "=", WorkerId(name));
  std::vector<std::string> names;
  ASSIGN_OR_RETURN(auto const containers, engine_->ListContainers(label));
  names.reserve(containers.size());
  for (ListedContainer const& container : containers) names.push_back(container.name);
  ASSIGN_OR_RETURN(auto const volumes, engine_->ListVolumes(label));
  names.reserve(names.size() + volumes.size());
  for (ListedVolume const& volume : volumes) names.push_back(volume.name);
  return names;
}

absl::Status FarmEngine::LetGo(std::string const& name) {
  ASSIGN_OR_RETURN(std::string const bytes, TarOfGo());
  ASSIGN_OR_RETURN(auto const builds, RunningBuilds(name));
  if (builds.empty()) return absl::NotFoundError(absl::StrCat("no build runs at ", name));
  for (ListedContainer const& build : builds)
    RETURN_IF_ERROR(engine_->PutArchive(build.id, "/build", SourceOf(bytes)));
  return absl::OkStatus();
}

}  // namespace probefarm
