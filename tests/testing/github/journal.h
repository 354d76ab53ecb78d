#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/files/unique_fd.h"
#include "tests/testing/github/world.h"

namespace probefarm::fake_github {

// A change, ready to be kept. Made under the world's lock, written without it: the order in which
// records reach the file does not count, their revisions do.
struct Record {
  std::string line;  // JSON
  FakeBytes bytes;   // of an asset; null when there are none
  std::string file;  // the name under which they are kept
};
Record MakeRecord(World& world, Change const& change);

// Keeps the world in a folder: `journal`, one line a change, and `files/`, assets by digest. What
// Write() returned from survives SIGKILL, not a power cut. Thread-safe but for Load().
class Journal {
 public:
  // Makes the folder if it is missing. UNAVAILABLE when it cannot be used.
  static absl::StatusOr<std::unique_ptr<Journal>> Open(std::string const& folder);

  // Into an empty world. A last line that breaks off is a change that nobody was told of. DATA_LOSS
  // names any other line that cannot be read.
  absl::Status Load(World& world) const;
  // Aborts when the disk refuses: a fake that forgets would fail its test for no reason.
  void Write(std::vector<Record> const& records) const;

 private:
  Journal(std::string folder, UniqueFd fd) : folder_(std::move(folder)), fd_(std::move(fd)) {}
  void WriteFile(Record const& record) const;

  std::string const folder_;
  UniqueFd const fd_;
};

}  // namespace probefarm::fake_github
