#pragma once

#include <string>
#include <vector>

#include "lib/files/temporary_folder.h"

namespace probefarm {

// Runs a shell command in the folder; the test fails when it does.
void RunIn(TemporaryFolder const& folder, std::string const& command);

// An entry as libarchive writes it, however hostile: nothing in it is checked. Its modification
// time is always 1'700'000'000.
struct SampleEntry {
  std::string path;
  unsigned type;    // one of AE_IF*
  int mode = 0644;  // setuid, setgid and sticky bits too
  std::string content;
  std::string symlink;   // the target, of an AE_IFLNK
  std::string hardlink;  // the target; then the entry is a hard link whatever its type
};

SampleEntry SampleFile(std::string path, std::string content = "");
SampleEntry SampleDirectory(std::string path);
SampleEntry SampleSymlink(std::string path, std::string target);
SampleEntry SampleHardlink(std::string path, std::string target);

// Writes a tar archive at `path`, packed with "gzip", "xz", "zstd" or, for "", not at all. What
// libarchive refuses to write fails the test.
void WriteSampleTar(std::string const& path, std::vector<SampleEntry> const& entries,
                    std::string const& filter = "");

}  // namespace probefarm
