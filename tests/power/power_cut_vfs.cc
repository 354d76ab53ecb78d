#include "tests/power/power_cut_vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr int kFollowed = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL;

// SQLite allocates this, with room for the real file behind it.
struct File {
  sqlite3_file base;
  PowerCutVfs* vfs;  // null: not followed
  std::string* path;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  sqlite3_io_methods const& methods() { return *real()->pMethods; }
};

File& Of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

int Close(sqlite3_file* file) {
  File& self = Of(file);
  int const code = self.methods().xClose(self.real());
  delete self.path;
  return code;
}
int Read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 offset) {
  return Of(file).methods().xRead(Of(file).real(), to, bytes, offset);
}
int Write(sqlite3_file* file, void const* from, int bytes, sqlite3_int64 offset) {
  File& self = Of(file);
  if (self.vfs != nullptr) {
    self.vfs->Wrote(*self.path, offset,
                    {static_cast<char const*>(from), static_cast<size_t>(bytes)});
  }
  return self.methods().xWrite(self.real(), from, bytes, offset);
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  File& self = Of(file);
  if (self.vfs != nullptr) self.vfs->Truncated(*self.path, size);
  return self.methods().xTruncate(self.real(), size);
}
// The real disk need not work for it.
int Sync(sqlite3_file* file, int /*flags*/) {
  File& self = Of(file);
  if (self.vfs != nullptr) self.vfs->Synced(*self.path);
  return SQLITE_OK;
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Of(file).methods().xFileSize(Of(file).real(), size);
}
int Lock(sqlite3_file* file, int level) { return Of(file).methods().xLock(Of(file).real(), level); }
int Unlock(sqlite3_file* file, int level) {
  return Of(file).methods().xUnlock(Of(file).real(), level);
}
int CheckReservedLock(sqlite3_file* file, int* out) {
  return Of(file).methods().xCheckReservedLock(Of(file).real(), out);
}
int FileControl(sqlite3_file* file, int operation, void* argument) {
  return Of(file).methods().xFileControl(Of(file).real(), operation, argument);
}
int SectorSize(sqlite3_file* file) { return Of(file).methods().xSectorSize(Of(file).real()); }
int Characteristics(sqlite3_file* file) {
  return Of(file).methods().xDeviceCharacteristics(Of(file).real());
}
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return Of(file).methods().xShmMap(Of(file).real(), page, size, extend, out);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Of(file).methods().xShmLock(Of(file).real(), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { Of(file).methods().xShmBarrier(Of(file).real()); }
int ShmUnmap(sqlite3_file* file, int remove) {
  return Of(file).methods().xShmUnmap(Of(file).real(), remove);
}

// Version 2: no memory-mapped reads, so every access passes here.
constexpr sqlite3_io_methods kMethods = {2,
                                         Close,
                                         Read,
                                         Write,
                                         Truncate,
                                         Sync,
                                         FileSize,
                                         Lock,
                                         Unlock,
                                         CheckReservedLock,
                                         FileControl,
                                         SectorSize,
                                         Characteristics,
                                         ShmMap,
                                         ShmLock,
                                         ShmBarrier,
                                         ShmUnmap,
                                         nullptr,
                                         nullptr};

struct Vfs {
  sqlite3_vfs* real;
  PowerCutVfs* power;
};
Vfs& Of(sqlite3_vfs* vfs) { return *static_cast<Vfs*>(vfs->pAppData); }

int Open(sqlite3_vfs* vfs, char const* name, sqlite3_file* file, int flags, int* out_flags) {
  bool const followed = name != nullptr && (flags & kFollowed) != 0;
  File* const self = new (file) File{};
  self->path = new std::string(name == nullptr ? "" : name);
  self->vfs = followed ? Of(vfs).power : nullptr;
  int const code = Of(vfs).real->xOpen(Of(vfs).real, name, self->real(), flags, out_flags);
  if (self->real()->pMethods == nullptr) {
    delete self->path;
    return code;
  }
  self->base.pMethods = &kMethods;
  if (followed) Of(vfs).power->Opened(*self->path);
  return code;
}

int Delete(sqlite3_vfs* vfs, char const* name, int sync) {
  Of(vfs).power->Deleted(name);
  return Of(vfs).real->xDelete(Of(vfs).real, name, sync);
}

std::string Content(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

PowerCutVfs::PowerCutVfs(bool syncs)
    : syncs_(syncs), vfs_(std::make_unique<sqlite3_vfs>(*sqlite3_vfs_find("unix"))) {
  vfs_->zName = "power-cut";
  vfs_->pNext = nullptr;
  vfs_->szOsFile += static_cast<int>(sizeof(File));
  vfs_->pAppData = new Vfs{sqlite3_vfs_find("unix"), this};
  vfs_->xOpen = Open;
  vfs_->xDelete = Delete;
  sqlite3_vfs_register(vfs_.get(), /*makeDflt=*/1);
}

PowerCutVfs::~PowerCutVfs() {
  sqlite3_vfs_unregister(vfs_.get());
  delete static_cast<Vfs*>(vfs_->pAppData);
}

void PowerCutVfs::CutAfter(int operations) {
  MutexLock lock(mu_);
  left_ = operations;
  cut_ = false;
}

bool PowerCutVfs::cut() const {
  MutexLock lock(mu_);
  return cut_;
}

bool PowerCutVfs::HasPower() {
  if (left_ == 0) cut_ = true;
  if (left_ > 0) --left_;
  return !cut_;
}

void PowerCutVfs::Opened(std::string const& path) {
  MutexLock lock(mu_);
  if (!cut_) files_.try_emplace(path, Content(path));
}

void PowerCutVfs::Wrote(std::string const& path, int64_t offset, absl::string_view bytes) {
  MutexLock lock(mu_);
  if (HasPower()) files_[path].Write(offset, bytes);
}

void PowerCutVfs::Truncated(std::string const& path, int64_t size) {
  MutexLock lock(mu_);
  if (HasPower()) files_[path].Truncate(size);
}

void PowerCutVfs::Synced(std::string const& path) {
  MutexLock lock(mu_);
  if (HasPower() && syncs_) files_[path].Sync();
}

void PowerCutVfs::Deleted(std::string const& path) {
  MutexLock lock(mu_);
  if (HasPower()) files_.erase(path);
}

void PowerCutVfs::Recover(std::string const& from, std::string const& to, std::mt19937& random) {
  MutexLock lock(mu_);
  left_ = -1;
  cut_ = false;
  for (auto file = files_.begin(); file != files_.end();) {
    std::filesystem::path const path(file->first);
    if (path.parent_path() != from) {
      ++file;
      continue;
    }
    std::ofstream(std::filesystem::path(to) / path.filename(), std::ios::binary)
        << file->second.AfterPowerCut(random);
    file = files_.erase(file);
  }
}

}  // namespace probefarm
