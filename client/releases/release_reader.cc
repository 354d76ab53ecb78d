#include "client/releases/release_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kMaxRedirects = 5;
constexpr absl::Duration kSideFileTimeout = absl::Minutes(10);

}  // namespace

ReleaseReader::ReleaseReader(HttpClient* http, Repository repository, std::string tag)
    : http_(http), repository_(std::move(repository)), tag_(std::move(tag)) {}

absl::Status ReleaseReader::Stream(std::string const& file, int64_t max_bytes,
                                   BodySink const& sink) {
  HttpRequest get;
  get.url = UrlOf(file);
  get.max_redirects = kMaxRedirects;
  get.total_timeout = kSideFileTimeout;
  int64_t size = 0;
  get.sink = [&](absl::string_view piece) {
    size += static_cast<int64_t>(piece.size());
    if (size > max_bytes)
      return absl::ResourceExhaustedError(
          absl::StrCat(get.url, " is larger than the ", max_bytes, " bytes allowed"));
    return sink(piece);
  };
  ASSIGN_OR_RETURN(HttpResponse const response, http_->Send(get));
  if (response.status == 404) return absl::NotFoundError(absl::StrCat("there is no ", get.url));
  return HttpStatusToStatus(response, absl::StrCat("fetch ", get.url));
}

absl::Status ReleaseReader::StreamSideFile(std::string const& name, int64_t max_bytes,
                                           BodySink const& sink) {
  absl::Status present = Stream(name, max_bytes, sink);
  if (!absl::IsNotFound(present)) return present;
  absl::Status next = Stream(absl::StrCat(name, ".next"), max_bytes, sink);
  if (!absl::IsNotFound(next)) return next;
  // It may have taken its name between the two questions.
  return Stream(name, max_bytes, sink);
}

absl::StatusOr<std::string> ReleaseReader::SideFile(std::string const& name, int64_t max_bytes) {
  std::string text;
  RETURN_IF_ERROR(StreamSideFile(name, max_bytes, [&text](absl::string_view piece) {
    absl::StrAppend(&text, piece);
    return absl::OkStatus();
  }));
  return text;
}

absl::StatusOr<std::string> ReleaseReader::AssetSha256(std::string const& name, int64_t max_bytes) {
  Sha256 hash;
  RETURN_IF_ERROR(Stream(name, max_bytes, [&hash](absl::string_view piece) {
    hash.Update(piece);
    return absl::OkStatus();
  }));
  return hash.HexDigest();
}

}  // namespace probefarm
