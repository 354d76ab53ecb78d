#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/archive/tar_writer.h"
#include "lib/http/http_client.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Turns what writes a tar stream into what a request's body is read from: the writer runs on a
// thread of its own and is held back by a bounded buffer. (Not by a spooled file: a set of kernel
// headers is some hundred megabytes unpacked, which would be written to disk twice and need the
// room twice.)
//
// A writer's error is what the reader gets instead of an end, so that a truncated stream is never
// taken for a whole one. Read() from one thread; destruction stops the writer and joins it.
//
//   TarPipe pipe([&](TarWriter& tar) { return WriteHeaderTree(headers, tar); }, 0, 0);
//   absl::Status const put = engine.PutArchive(container, "/kernel", pipe.Source());
//   RETURN_IF_ERROR(pipe.Close());
//   return put;
class TarPipe {
 public:
  // Writes entries; need not call Finish(). A writer that is stopped gets CANCELLED from the
  // TarWriter, and returns.
  using Writer = std::function<absl::Status(TarWriter&)>;

  // The writer starts here; what it refers to lives until Close() or destruction. Every entry is
  // owned by `uid`:`gid`.
  TarPipe(Writer writer, int uid, int gid);
  ~TarPipe();

  TarPipe(TarPipe const&) = delete;
  TarPipe& operator=(TarPipe const&) = delete;

  // For HttpRequest and ContainerEngine::PutArchive(); valid as long as the pipe. Each read blocks
  // until the writer has something, its end or its error. There is one stream: once.
  BodySource Source();

  // Stops the writer, if it still runs, and waits for it. Its error, when it failed by itself; OK
  // when it came to its end or was only stopped.
  absl::Status Close() EXCLUDES(mu_);

 private:
  absl::StatusOr<size_t> Read(char* buffer, size_t size) EXCLUDES(mu_);
  absl::Status Write(absl::string_view bytes) EXCLUDES(mu_);
  void Run(Writer const& writer, int uid, int gid) EXCLUDES(mu_);

  Mutex mu_;
  CondVar changed_;
  std::string buffer_ GUARDED_BY(mu_);
  size_t read_ GUARDED_BY(mu_) = 0;  // of buffer_
  bool closed_ GUARDED_BY(mu_) = false;
  bool refused_ GUARDED_BY(mu_) = false;  // the writer had more when the pipe was closed
  bool finished_ GUARDED_BY(mu_) = false;
  absl::Status result_ GUARDED_BY(mu_);  // the writer's, once finished
  std::thread thread_;
};

}  // namespace probefarm
