#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"
#include "worker/engine/container_engine.h"
#include "worker/inputs/archive_copy.h"
#include "worker/inputs/keyed_lock.h"
#include "worker/inputs/volume_ledger.h"

namespace probefarm {

// One engine volume for each set of header packages, filled once and then mounted read-only at
// /kernel by all builds for that kernel, of all workers on the engine.
//
// A volume is filled through a *filler*: a container that is made, never started, and whose unique
// name is the lock. Who cannot make it waits for who could; a filler that is older than any filling
// takes is of a dead worker and is removed. A volume counts only once its completion marker is
// there; one without it is discarded, never mended. Thread-safe.
class HeaderVolumes {
 public:
  struct Options {
    std::string worker_id;  // on fillers, by which this worker's own dead ones are known
    absl::Duration poll_interval = absl::Seconds(1);
    absl::Duration stale_filler = absl::Minutes(5);  // dead when older
    absl::Duration give_up = absl::Minutes(10);      // waiting for another worker's filler
    std::string ledger_folder;                       // see VolumeLedger
    int64_t max_bytes = int64_t{30} << 30;  // of all header volumes; those used longest ago go
  };

  // `engine` and `clock` outlive this.
  HeaderVolumes(ContainerEngine* engine, Clock const* clock, Options options);

  // The name of the volume with these headers' tree, filled when it is not there. `image` is any
  // that the engine has. Of several calls for one volume in this process one fills it and the
  // others wait. Once it was seen complete the engine is not asked again: the caller checks the
  // marker when it has the volume mounted, and calls Forget() without one. Blocks; `cancelled`,
  // which may be null, ends a wait, not a filling.
  //
  // INVALID_ARGUMENT: a package is broken (for good); UNAVAILABLE: another worker holds the filler
  // for too long; CANCELLED; the engine's errors. A filling that failed leaves no volume, unless
  // the engine refuses to remove it.
  absl::StatusOr<std::string> Ensure(std::vector<LocalArchive> const& headers,
                                     std::string const& image,
                                     std::function<bool()> const& cancelled) EXCLUDES(mu_);

  // A volume found without its marker by a build that has it mounted (somebody removed it): the
  // next Ensure() looks again.
  void Forget(std::string const& volume) EXCLUDES(mu_);

 private:
  // Of a volume, as whoever holds its filler sees it. kNone: this attempt has made it.
  enum class Content { kNone, kUnfinished, kComplete };

  // One attempt: true once the volume is complete, false when another has its filler or it had to
  // be discarded.
  absl::StatusOr<bool> TryEnsure(std::string const& volume,
                                 std::vector<LocalArchive> const& headers,
                                 std::string const& image);
  // `filler` is the id of the filler that is held, `fill` the label that this attempt gave.
  absl::StatusOr<Content> ContentOf(std::string const& volume, std::string const& filler,
                                    std::string const& fill);
  absl::StatusOr<bool> Fill(std::string const& volume, std::string const& filler,
                            std::vector<LocalArchive> const& headers);
  // The filler's id. ALREADY_EXISTS: another one holds it.
  absl::StatusOr<std::string> CreateFiller(std::string const& volume, std::string const& image);
  absl::Status RemoveDeadFiller(std::string const& volume);
  bool IsDead(ListedContainer const& filler) const;
  // Empty when the volume has no such label, or is gone.
  absl::StatusOr<std::string> FillLabelOf(std::string const& volume);
  void Discard(std::string const& volume);
  void NoteFilled(std::string const& volume, int64_t bytes);
  void NoteUse(std::string const& volume);
  // Removes volumes down to max_bytes, after a fill. One that a container has is never removed: the
  // engine refuses.
  void Trim();
  absl::StatusOr<std::vector<VolumeEntry>> Entries();
  bool IsKnown(std::string const& volume) EXCLUDES(mu_);
  void Remember(std::string const& volume) EXCLUDES(mu_);

  ContainerEngine* const engine_;
  Clock const* const clock_;
  Options const options_;
  VolumeLedger const ledger_;
  KeyedLock ensuring_;  // by volume
  Mutex mu_;
  std::set<std::string> complete_ GUARDED_BY(mu_);  // seen with their marker by this process
};

}  // namespace probefarm
