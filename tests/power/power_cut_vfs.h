#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "lib/runtime/mutex.h"
#include "tests/power/unsynced_file.h"

struct sqlite3_vfs;

namespace probefarm {

// SQLite's files on a disk whose power can be cut: every write goes to the real file and is written
// down here, so that afterwards another folder can be given what a real disk may have had. The
// default of the process while this lives; one at a time. Thread-safe.
//
// Databases and their write-ahead logs are followed; shared memory (-shm) is lost with the power.
class PowerCutVfs {
 public:
  // `syncs` false: a disk that says that it has synced and has not.
  explicit PowerCutVfs(bool syncs = true);
  ~PowerCutVfs();
  PowerCutVfs(PowerCutVfs const&) = delete;
  PowerCutVfs& operator=(PowerCutVfs const&) = delete;

  // The power fails at the so-manieth write, truncation or sync from now on, before it is done.
  // What is done afterwards is done by nobody.
  void CutAfter(int operations) EXCLUDES(mu_);
  // Whether it has failed.
  bool cut() const EXCLUDES(mu_);
  // The files of `from` as they may have been at the cut (or are now, where there was none), put
  // into the folder `to`, synced. Forgets those of `from`.
  void Recover(std::string const& from, std::string const& to, std::mt19937& random) EXCLUDES(mu_);

  // What the files of SQLite tell.
  void Opened(std::string const& path) EXCLUDES(mu_);
  void Wrote(std::string const& path, int64_t offset, absl::string_view bytes) EXCLUDES(mu_);
  void Truncated(std::string const& path, int64_t size) EXCLUDES(mu_);
  void Synced(std::string const& path) EXCLUDES(mu_);
  void Deleted(std::string const& path) EXCLUDES(mu_);

 private:
  // One operation more; false once the power has failed.
  bool HasPower() REQUIRES(mu_);

  bool const syncs_;
  std::unique_ptr<sqlite3_vfs> const vfs_;
  mutable Mutex mu_;
  int64_t left_ GUARDED_BY(mu_) = -1;  // operations until the cut; -1: none is to come
  bool cut_ GUARDED_BY(mu_) = false;
  std::map<std::string, UnsyncedFile> files_ GUARDED_BY(mu_);
};

}  // namespace probefarm
