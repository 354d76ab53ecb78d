#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/http/http_client.h"

namespace probefarm {

// Takes the frames off the stream that the engine sends for a container without a terminal (Docker
// Engine API, "Attach to a container", stream format). Each frame is a header of 8 bytes — the
// stream (0 stdin, 1 stdout, 2 stderr; 3: the engine's own error, as its pkg/stdcopy has it), three
// zeros, the payload's size as 32 bits, high byte first — and the payload. Bytes may come split
// anywhere; payload goes on to the sink as it comes, so that memory is bounded by the pieces. Not
// thread-safe.
//
//   LogStreamDecoder decoder(sink);
//   for each piece of the body: RETURN_IF_ERROR(decoder.Decode(piece));
//   return decoder.Finish();
class LogStreamDecoder {
 public:
  // An engine cuts lines into frames of some ten kilobytes; a longer frame is garbage.
  static constexpr uint32_t kMaxFrameBytes = 1 << 20;

  explicit LogStreamDecoder(BodySink sink);

  // The sink's error; INTERNAL for what is no such stream, and for a frame in which the engine says
  // that reading its log failed. After an error there is nothing to do but stop.
  absl::Status Decode(absl::string_view bytes);

  // At the end of the body. INTERNAL when the stream ended inside a frame, or in an error of the
  // engine.
  absl::Status Finish() const;

 private:
  static constexpr size_t kHeaderBytes = 8;

  absl::Status TakeHeader(absl::string_view& bytes);
  absl::Status TakePayload(absl::string_view& bytes);
  absl::Status BeginFrame();
  absl::Status TakeEngineError(absl::string_view payload);

  BodySink const sink_;
  std::array<unsigned char, kHeaderBytes> header_ = {};
  size_t header_bytes_ = 0;    // of the present frame's header, taken so far
  uint32_t payload_left_ = 0;  // of the present frame
  std::string engine_error_;   // what came of an error frame
};

}  // namespace probefarm
