#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/archive/archive_reader.h"

namespace probefarm {

// Writes a tar stream (pax) into a sink, for the engine's archive PUT. The same calls give the same
// bytes: what is added has the modification time 0, what is copied keeps its own, in whole seconds.
// Paths are written as they are given: relative, without "./". After an error, that error again.
// Not thread-safe.
class TarWriter {
 public:
  // The sink gets bytes in order and may refuse them; its error ends the writing.
  using Sink = std::function<absl::Status(absl::string_view)>;

  // Every entry is owned by `uid`:`gid`.
  TarWriter(Sink sink, int uid, int gid);
  ~TarWriter();

  absl::Status AddDirectory(std::string const& path, int mode);
  absl::Status AddFile(std::string const& path, int mode, absl::string_view content);
  // Copies an entry and, for a file, its content out of `reader`, under another path. The target of
  // a hardlink, a path in the archive too, is copied as it is: the caller moves it along.
  absl::Status CopyEntry(ArchiveEntry const& entry, std::string const& path, ArchiveReader& reader);
  // Writes the end of the archive. Without it the stream is truncated.
  absl::Status Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace probefarm
