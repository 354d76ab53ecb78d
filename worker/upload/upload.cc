#include "worker/upload/upload.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/files/durable_file.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxBody = 64 << 10;

absl::StatusOr<int64_t> SizeOf(UniqueFd const& file, std::string const& path) {
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return FileError(errno, "look at", path);
  return status.st_size;
}

absl::StatusOr<size_t> ReadSome(UniqueFd const& file, std::string const& path, char* buffer,
                                size_t size) {
  while (true) {
    ssize_t const count = read(file.get(), buffer, size);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) return FileError(errno, "read", path);
  }
}

BodySource FileSource(UniqueFd const& file, std::string const& path,
                      UploadProgress const& progress) {
  return [&file, &path, &progress, sent = int64_t{0}](
             char* buffer, size_t size) mutable -> absl::StatusOr<size_t> {
    Failpoint("upload.piece");
    ASSIGN_OR_RETURN(size_t const count, ReadSome(file, path, buffer, size));
    sent += static_cast<int64_t>(count);
    if (progress) progress(sent);
    return count;
  };
}

HttpRequest ToRequest(UploadOrder const& grant, absl::Duration left) {
  HttpRequest request;
  request.method = grant.method;
  request.url = grant.url;
  request.headers.assign(grant.headers.begin(), grant.headers.end());
  request.total_timeout = left;
  request.max_redirects = 0;
  return request;
}

// The rest of a long body is let go: the host has said what counts.
BodySink FirstBytes(std::string& body) {
  return [&body](absl::string_view bytes) {
    bytes = bytes.substr(0, kMaxBody - body.size());
    body.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  };
}

absl::StatusOr<HttpResponse> Send(HttpClient& http, Clock const& clock, UploadOrder const& grant,
                                  std::string const& path, UploadProgress const& progress,
                                  std::function<bool()> const& cancelled) {
  absl::Duration const left = grant.deadline - clock.Now();
  if (left <= absl::ZeroDuration()) return absl::DeadlineExceededError("the grant has expired");
  ASSIGN_OR_RETURN(UniqueFd const file, OpenFile(path, O_RDONLY));
  ASSIGN_OR_RETURN(int64_t const size, SizeOf(file, path));
  std::string body;
  HttpRequest request = ToRequest(grant, left);
  request.body_source = FileSource(file, path, progress);
  request.body_size = size;
  request.sink = FirstBytes(body);
  request.cancelled = cancelled;
  ASSIGN_OR_RETURN(HttpResponse response, http.Send(request));
  response.body = absl::StrCat(body, response.body.substr(0, kMaxBody - body.size()));
  return response;
}

}  // namespace

UploadReply Upload(HttpClient& http, Clock const& clock, UploadOrder const& grant,
                   std::string const& path, UploadProgress const& progress,
                   std::function<bool()> const& cancelled) {
  Failpoint("upload.granted");
  auto response = Send(http, clock, grant, path, progress, cancelled);
  Failpoint("upload.answered");
  if (!response.ok()) return {.error = std::string(response.status().message())};
  return {response->status, std::move(response->headers), std::move(response->body), ""};
}

}  // namespace probefarm
