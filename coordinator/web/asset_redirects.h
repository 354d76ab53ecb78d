#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/web/http_exchange.h"

namespace probefarm {

// /releases/download/<tag>/<file> where the files lie elsewhere: 302 to the asset's own URL, for
// loaders that know one address only while there are several repositories. The tag may hold `/`.
// Answers 404 for what nobody knows. Thread-safe.
class AssetRedirects final : public HttpHandler {
 public:
  // The URL of a file of a release; NOT_FOUND. Called on the server's threads; may block for a
  // while.
  using UrlOf =
      std::function<absl::StatusOr<std::string>(std::string const& tag, std::string const& file)>;

  explicit AssetRedirects(UrlOf url_of) : url_of_(std::move(url_of)) {}
  HttpAnswer Answer(IncomingRequest const& request) override;

 private:
  UrlOf const url_of_;
};

}  // namespace probefarm
