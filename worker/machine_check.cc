#include "worker/machine_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

std::string Megabytes(int64_t bytes) { return absl::StrCat(bytes >> 20, " MB"); }

}  // namespace

MachineCheck::MachineCheck(ContainerEngine& engine, StopSignal& stop, FreeSpace free_space,
                           Options options)
    : engine_(engine),
      stop_(stop),
      free_space_(std::move(free_space)),
      options_(std::move(options)) {}

absl::Status MachineCheck::Check() const {
  RETURN_IF_ERROR(engine_.Version().status());
  return CheckFolders(options_.min_free_bytes);
}

absl::Status MachineCheck::CheckRoom() const { return CheckFolders(options_.min_free_bytes / 2); }

std::optional<int64_t> MachineCheck::LeastFree() const {
  std::optional<int64_t> least;
  for (std::string const& folder : options_.folders) {
    absl::StatusOr<int64_t> const free = free_space_(folder);
    if (free.ok()) least = std::min(least.value_or(*free), *free);
  }
  return least;
}

absl::Status MachineCheck::CheckFolders(int64_t min_free_bytes) const {
  for (std::string const& folder : options_.folders) {
    absl::StatusOr<int64_t> const free = free_space_(folder);
    if (absl::IsNotFound(free.status())) continue;
    RETURN_IF_ERROR(free.status());
    if (*free >= min_free_bytes) continue;
    return absl::ResourceExhaustedError(absl::StrCat(
        folder, " has ", Megabytes(*free), " free, builds need ", Megabytes(min_free_bytes)));
  }
  return absl::OkStatus();
}

bool MachineCheck::AwaitFit() const {
  absl::Status status = Check();
  if (status.ok()) return true;
  Log(LogLevel::kError, "this machine cannot build now; no lease is asked for",
      {{"error", status.ToString()}});
  while (!status.ok() && stop_.stage() == StopSignal::Stage::kRunning) {
    stop_.WaitFor(options_.ask_again);
    status = Check();
  }
  if (status.ok()) Log(LogLevel::kInfo, "this machine can build again");
  return status.ok();
}

}  // namespace probefarm
