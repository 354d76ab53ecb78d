#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/archive/archive_reader.h"

namespace probefarm {

// Writes a tar stream (pax) into a sink, for the engine's archive PUT. The same calls give the same
// bytes: what is added has the modification time 0, what is copied keeps its own, in whole seconds.
// Paths are written as they are given: relative, without "./". Not thread-safe.
//
// Errors: the sink's own; a reader's own; INVALID_ARGUMENT for what libarchive cannot write;
// RESOURCE_EXHAUSTED without memory. Messages name the path that was being written. After one, each
// call returns it again and the sink is not called any more.
//
//   TarWriter tar(sink, 1000, 1000);
//   RETURN_IF_ERROR(tar.AddDirectory("source", 0755));
//   RETURN_IF_ERROR(tar.AddFile("build.sh", 0755, script));
//   return tar.Finish();
class TarWriter {
 public:
  // The sink gets bytes in order and may refuse them; its error ends the writing.
  using Sink = std::function<absl::Status(absl::string_view)>;

  // Every entry is owned by `uid`:`gid`. The sink is called on the thread of whoever calls this. A
  // failure shows at the first call.
  TarWriter(Sink sink, int uid, int gid);
  // Gives the sink nothing more: a stream without Finish() must not look whole.
  ~TarWriter();

  // `mode`: permission bits, as in chmod(2). Folders above are not added by themselves.
  absl::Status AddDirectory(std::string const& path, int mode);
  absl::Status AddFile(std::string const& path, int mode, absl::string_view content);
  // Copies an entry and, for a file, its content out of `reader`, whose present entry it is, under
  // another path. The target of a hardlink, a path in the archive too, is copied as it is: the
  // caller moves it along. DATA_LOSS when the content ends early.
  absl::Status CopyEntry(ArchiveEntry const& entry, std::string const& path, ArchiveReader& reader);
  // Bytes of file content so far.
  int64_t content_bytes() const;
  // Writes the end of the archive. Without it the stream is truncated. Once, and last.
  absl::Status Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace probefarm
