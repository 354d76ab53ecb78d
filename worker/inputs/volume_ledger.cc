#include "worker/inputs/volume_ledger.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::Status VolumeLedger::Enter(std::string const& volume, int64_t bytes) const {
  RETURN_IF_ERROR(MakeFolders(folder_));
  std::string const path = PathOf(volume);
  return ReplaceFile(path, absl::StrCat(path, ".", getpid()), absl::StrCat(bytes));
}

absl::Status VolumeLedger::NoteUse(std::string const& volume, absl::Time now) const {
  timespec const time = absl::ToTimespec(now);
  timespec const times[] = {time, time};
  std::string const path = PathOf(volume);
  if (utimensat(AT_FDCWD, path.c_str(), times, 0) == 0 || errno == ENOENT) return absl::OkStatus();
  return FileError(errno, "touch", path);
}

std::optional<VolumeUse> VolumeLedger::Find(std::string const& volume) const {
  std::string const path = PathOf(volume);
  struct stat found {};
  VolumeUse use;
  if (stat(path.c_str(), &found) != 0 || !(std::ifstream(path) >> use.bytes)) return std::nullopt;
  use.last_use = absl::TimeFromTimespec(found.st_mtim);
  return use;
}

void VolumeLedger::Remove(std::string const& volume) const { unlink(PathOf(volume).c_str()); }

std::vector<std::string> VolumesToEvict(std::vector<VolumeEntry> volumes, int64_t max_bytes) {
  std::sort(volumes.begin(), volumes.end(), [](VolumeEntry const& a, VolumeEntry const& b) {
    return a.use.last_use < b.use.last_use;
  });
  int64_t total = 0;
  for (VolumeEntry const& entry : volumes) total += entry.use.bytes;
  std::vector<std::string> evicted;
  for (VolumeEntry& entry : volumes) {
    if (total <= max_bytes) break;
    total -= entry.use.bytes;
    evicted.push_back(std::move(entry.volume));
  }
  return evicted;
}

}  // namespace probefarm
