#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace probefarm {

// A folder that is removed with what is in it.
class SampleFolder {
 public:
  SampleFolder();
  ~SampleFolder();
  SampleFolder(SampleFolder const&) = delete;
  SampleFolder& operator=(SampleFolder const&) = delete;

  std::string Path(absl::string_view name) const;
  void Write(absl::string_view name, absl::string_view content) const;
  std::string Content(absl::string_view name) const;
  // Keeps only the first `bytes`.
  void Truncate(absl::string_view name, size_t bytes) const;
  // Runs a shell command in the folder; the test fails when it does.
  void Run(std::string const& command) const;

 private:
  std::filesystem::path folder_;
};

// An entry as libarchive writes it, however hostile. `type` is one of AE_IF*.
struct SampleEntry {
  std::string path;
  unsigned type;
  int mode = 0644;
  std::string content;
  std::string symlink;
  std::string hardlink;
};

SampleEntry SampleFile(std::string path, std::string content = "");
SampleEntry SampleDirectory(std::string path);
SampleEntry SampleSymlink(std::string path, std::string target);
SampleEntry SampleHardlink(std::string path, std::string target);

// Writes a tar archive, packed with "gzip", "xz", "zstd" or not at all.
void WriteSampleTar(std::string const& path, std::vector<SampleEntry> const& entries,
                    std::string const& filter = "");

}  // namespace probefarm
