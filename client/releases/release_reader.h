#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "client/releases/repository.h"
#include "lib/http/http_client.h"

namespace probefarm {

// Reads the files of one release as anybody can, without a coordinator and without credentials.
// Redirects are followed, since GitHub keeps assets elsewhere. Errors name the URL: NOT_FOUND,
// RESOURCE_EXHAUSTED for what is larger than it may be, and those of HttpStatusToStatus() and of
// HttpClient. Not thread-safe; blocks.
class ReleaseReader {
 public:
  // `http` outlives it.
  ReleaseReader(HttpClient* http, Repository repository, std::string tag);

  std::string const& tag() const { return tag_; }
  Repository const& repository() const { return repository_; }
  std::string UrlOf(absl::string_view file) const { return DownloadUrl(repository_, tag_, file); }

  // A side file. Where it is missing, the next one (NAME.next), which a host that cannot rename
  // over the old has for a moment before it takes its name.
  absl::StatusOr<std::string> SideFile(std::string const& name, int64_t max_bytes);
  // The same piece by piece; an error of the sink is the answer. The sink sees only pieces of one
  // file.
  absl::Status StreamSideFile(std::string const& name, int64_t max_bytes, BodySink const& sink);
  // Of an asset as it is downloaded now: 64 hexadecimal digits.
  absl::StatusOr<std::string> AssetSha256(std::string const& name, int64_t max_bytes);

 private:
  absl::Status Stream(std::string const& file, int64_t max_bytes, BodySink const& sink);

  HttpClient* const http_;
  Repository const repository_;
  std::string const tag_;
};

}  // namespace probefarm
