#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// Takes the log as it grows: bytes as they were printed, which need not be whole lines nor UTF-8
// and are valid during the call. Must not block for long: the build's output waits for it.
using LogSink = std::function<void(absl::string_view)>;

// The output of one build on its way to the coordinator: bounded, and its end kept for the reason
// of a failure. Memory is bounded too, whatever is printed. Not thread-safe.
class BuildLog {
 public:
  // Beyond `max_bytes` of output the sink gets one line that says so, and nothing more of it. The
  // worker's own lines always pass. `sink` may be null.
  BuildLog(int64_t max_bytes, LogSink sink);

  // What the container printed, cut anywhere.
  void AppendOutput(absl::string_view bytes);
  // A line of the worker's own, without its end; starts on a new line.
  void AppendLine(absl::string_view line);

  // The last 64 KB of output, cut or not; the worker's own lines are not in it. Valid until the
  // next output.
  absl::string_view tail() const;

 private:
  void Send(absl::string_view bytes);
  void KeepTail(absl::string_view bytes);

  int64_t const max_bytes_;
  LogSink const sink_;
  int64_t output_bytes_ = 0;
  bool cut_ = false;
  bool at_line_start_ = true;
  std::string tail_;  // up to twice what is kept, so that it is seldom moved
};

}  // namespace probefarm
