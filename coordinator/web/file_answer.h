#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "coordinator/web/http_exchange.h"
#include "lib/files/unique_fd.h"

namespace probefarm {

// An open regular file to be served. What was opened is what is served, even if the name is given
// to another file meanwhile.
struct ServedFile {
  UniqueFd fd;
  int64_t size = 0;
  // As the file system has it; HTTP shows whole seconds.
  absl::Time modified;
  std::string etag;  // strong, with its quotes
  std::string content_type = "application/octet-stream";
};

// Opens a regular file; its etag is made of inode, size and time. NOT_FOUND when there is none, or
// when it is no regular file. Never waits for the writer of a pipe. Else the status of the file's
// error.
absl::StatusOr<ServedFile> OpenServedFile(std::string const& path);

// 200, 206, 304 or 416 by the request's Range, If-Range, If-None-Match and If-Modified-Since (RFC
// 9110). One range; see byte_range.h. Preconditions come first (304), then the range. Pure, but for
// the open file, which goes into the answer.
HttpAnswer AnswerWithFile(IncomingRequest const& request, ServedFile file);

// The answer of a page that could not open its file: 404 for NOT_FOUND and INVALID_ARGUMENT, 500
// (logged) for the rest. Clients are told no paths.
HttpAnswer FileErrorAnswer(absl::Status const& status);

// "Sun, 06 Nov 1994 08:49:37 GMT". The IMF-fixdate of RFC 9110, 5.6.7.
std::string FormatHttpDate(absl::Time time);

}  // namespace probefarm
