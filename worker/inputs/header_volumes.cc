#include "worker/inputs/header_volumes.h"

#include <cstdint>
#include <numeric>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"
#include "worker/inputs/header_tree.h"
#include "worker/inputs/labels.h"
#include "worker/inputs/scoped_container.h"

namespace probefarm {
namespace {

constexpr char kMountPoint[] = "/kernel";
constexpr int64_t kUnpackedOverPacked = 8;  // of Debian's header packages

std::string FillerName(std::string const& volume) { return absl::StrCat(volume, "-filler"); }

std::string NewFillLabel() {
  absl::BitGen random;
  return absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

// The engine does not tell a volume's size cheaply: what its packages weigh has to do.
std::string TotalBytes(std::vector<LocalArchive> const& headers) {
  return absl::StrCat(std::accumulate(
      headers.begin(), headers.end(), int64_t{0},
      [](int64_t sum, LocalArchive const& archive) { return sum + archive.input.file.size; }));
}

std::string LabelOf(ContainerLabels const& labels, char const* name) {
  auto const it = labels.find(name);
  return it == labels.end() ? "" : it->second;
}

int64_t NumberOf(ContainerLabels const& labels, char const* name) {
  int64_t number = 0;
  return absl::SimpleAtoi(LabelOf(labels, name), &number) ? number : 0;
}

// Of a volume that another worker filled.
VolumeUse GuessFrom(ContainerLabels const& labels) {
  return {kUnpackedOverPacked * NumberOf(labels, kBytesLabel),
          absl::FromUnixSeconds(NumberOf(labels, kCreatedLabel))};
}

}  // namespace

HeaderVolumes::HeaderVolumes(ContainerEngine* engine, Clock const* clock, Options options)
    : engine_(engine),
      clock_(clock),
      options_(std::move(options)),
      ledger_(options_.ledger_folder) {}

absl::StatusOr<std::string> HeaderVolumes::Ensure(std::vector<LocalArchive> const& headers,
                                                  std::string const& image,
                                                  std::function<bool()> const& cancelled) {
  std::string const volume = HeaderVolumeName(headers);
  ASSIGN_OR_RETURN(auto const holder, ensuring_.Acquire(volume, cancelled));
  absl::Duration const give_up = clock_->SinceBoot() + options_.give_up;
  while (!IsKnown(volume)) {
    if (cancelled && cancelled()) {
      return absl::CancelledError(absl::StrCat("fill ", volume, ": cancelled"));
    }
    ASSIGN_OR_RETURN(bool const complete, TryEnsure(volume, headers, image));
    if (complete) {
      Remember(volume);
    } else if (clock_->SinceBoot() >= give_up) {
      return absl::UnavailableError(
          absl::StrCat("fill ", volume, ": another worker has been at it for ",
                       absl::FormatDuration(options_.give_up), "; try again later"));
    } else {
      absl::SleepFor(options_.poll_interval);
    }
  }
  NoteUse(volume);
  return volume;
}

void HeaderVolumes::Forget(std::string const& volume) {
  MutexLock lock(mu_);
  complete_.erase(volume);
}

// False: not yet; ask again.
absl::StatusOr<bool> HeaderVolumes::TryEnsure(std::string const& volume,
                                              std::vector<LocalArchive> const& headers,
                                              std::string const& image) {
  std::string const fill = NewFillLabel();
  RETURN_IF_ERROR(engine_->CreateVolume(
      volume, {{kKindLabel, kHeadersKind},
               {kBytesLabel, TotalBytes(headers)},
               {kCreatedLabel, absl::StrCat(absl::ToUnixSeconds(clock_->Now()))},
               {kFillLabel, fill}}));
  auto const created = CreateFiller(volume, image);
  if (absl::IsAlreadyExists(created.status())) {
    RETURN_IF_ERROR(RemoveDeadFiller(volume));
    return false;
  }
  RETURN_IF_ERROR(created.status());
  ScopedContainer filler(engine_, *created);
  ASSIGN_OR_RETURN(Content const content, ContentOf(volume, filler.id(), fill));
  if (content == Content::kComplete) return true;
  absl::StatusOr<bool> filled = false;
  if (content == Content::kNone) filled = Fill(volume, filler.id(), headers);
  if (filled.ok() && *filled) return true;
  filler.Remove();
  Discard(volume);
  return filled;
}

// Only a volume that this very attempt has made is known to be empty, and its label tells: before
// the filler was held, another worker may have come and gone. One without a label was made by the
// engine itself, for a container that named it.
absl::StatusOr<HeaderVolumes::Content> HeaderVolumes::ContentOf(std::string const& volume,
                                                                std::string const& filler,
                                                                std::string const& fill) {
  ASSIGN_OR_RETURN(bool const marked,
                   engine_->PathExists(filler, absl::StrCat(kMountPoint, "/", kCompleteMarker)));
  ASSIGN_OR_RETURN(std::string const label, FillLabelOf(volume));
  if (marked && !label.empty()) return Content::kComplete;
  return !marked && label == fill ? Content::kNone : Content::kUnfinished;
}

absl::StatusOr<bool> HeaderVolumes::Fill(std::string const& volume, std::string const& filler,
                                         std::vector<LocalArchive> const& headers) {
  int64_t bytes = 0;
  absl::Status const filled = PutTree(*engine_, filler, kMountPoint, 0, 0, [&](TarWriter& tar) {
    absl::Status const written = WriteHeaderTree(headers, tar);
    bytes = tar.content_bytes();
    return written;
  });
  if (!filled.ok()) return Annotate(filled, absl::StrCat("fill ", volume));
  NoteFilled(volume, bytes);
  return true;
}

absl::StatusOr<std::string> HeaderVolumes::CreateFiller(std::string const& volume,
                                                        std::string const& image) {
  ContainerSpec spec;
  spec.name = FillerName(volume);
  spec.image = image;
  spec.command = {"true"};
  spec.labels = {{kKindLabel, kFillerKind},
                 {kWorkerLabel, options_.worker_id},
                 {kVolumeLabel, volume},
                 {kCreatedLabel, absl::StrCat(absl::ToUnixSeconds(clock_->Now()))}};
  spec.mounts = {{volume, kMountPoint, /*read_only=*/false}};
  return engine_->CreateContainer(spec);
}

absl::Status HeaderVolumes::RemoveDeadFiller(std::string const& volume) {
  ASSIGN_OR_RETURN(auto const fillers,
                   engine_->ListContainers(absl::StrCat(kVolumeLabel, "=", volume)));
  for (auto const& filler : fillers) {
    if (!IsDead(filler)) continue;
    Log(LogLevel::kWarning, "taking over from a dead filler",
        {{"volume", volume}, {"worker", LabelOf(filler.labels, kWorkerLabel)}});
    RETURN_IF_ERROR(engine_->RemoveContainer(filler.id));
  }
  return absl::OkStatus();
}

// One of this worker's own cannot be alive: `ensuring_` lets one thread at a time come here.
bool HeaderVolumes::IsDead(ListedContainer const& filler) const {
  if (LabelOf(filler.labels, kWorkerLabel) == options_.worker_id) return true;
  int64_t created = 0;
  if (!absl::SimpleAtoi(LabelOf(filler.labels, kCreatedLabel), &created)) return true;
  return clock_->Now() - absl::FromUnixSeconds(created) > options_.stale_filler;
}

absl::StatusOr<std::string> HeaderVolumes::FillLabelOf(std::string const& volume) {
  ASSIGN_OR_RETURN(auto const volumes,
                   engine_->ListVolumes(absl::StrCat(kKindLabel, "=", kHeadersKind)));
  for (auto const& listed : volumes) {
    if (listed.name == volume) return LabelOf(listed.labels, kFillLabel);
  }
  return "";
}

// In use means that another worker was quicker; it decides then.
void HeaderVolumes::Discard(std::string const& volume) {
  if (absl::Status const status = engine_->RemoveVolume(volume); !status.ok()) {
    Log(LogLevel::kInfo, "unfinished header volume is not removed",
        {{"volume", volume}, {"error", status.message()}});
  }
}

void HeaderVolumes::NoteFilled(std::string const& volume, int64_t bytes) {
  if (absl::Status const status = ledger_.Enter(volume, bytes); !status.ok())
    Log(LogLevel::kWarning, "size of a header volume is not noted", {{"error", status.message()}});
  Trim();
}

void HeaderVolumes::NoteUse(std::string const& volume) {
  if (absl::Status const status = ledger_.NoteUse(volume, clock_->Now()); !status.ok())
    Log(LogLevel::kWarning, "use of a header volume is not noted", {{"error", status.message()}});
}

void HeaderVolumes::Trim() {
  absl::StatusOr<std::vector<VolumeEntry>> entries = Entries();
  if (!entries.ok()) {
    Log(LogLevel::kWarning, "header volumes are not trimmed",
        {{"error", entries.status().message()}});
    return;
  }
  for (std::string const& volume : VolumesToEvict(*std::move(entries), options_.max_bytes)) {
    Forget(volume);
    absl::Status const removed = engine_->RemoveVolume(volume);
    if (removed.ok()) ledger_.Remove(volume);
    Log(LogLevel::kInfo,
        removed.ok() ? "header volume evicted" : "header volume is in use, it stays",
        {{"volume", volume}});
  }
}

absl::StatusOr<std::vector<VolumeEntry>> HeaderVolumes::Entries() {
  ASSIGN_OR_RETURN(auto const volumes,
                   engine_->ListVolumes(absl::StrCat(kKindLabel, "=", kHeadersKind)));
  std::vector<VolumeEntry> entries;
  for (ListedVolume const& volume : volumes)
    entries.push_back({volume.name, ledger_.Find(volume.name).value_or(GuessFrom(volume.labels))});
  return entries;
}

bool HeaderVolumes::IsKnown(std::string const& volume) {
  MutexLock lock(mu_);
  return complete_.contains(volume);
}

void HeaderVolumes::Remember(std::string const& volume) {
  MutexLock lock(mu_);
  complete_.insert(volume);
}

}  // namespace probefarm
