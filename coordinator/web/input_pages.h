#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "coordinator/web/http_exchange.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// The local files that workers may fetch by their SHA-256: builder images. Thread-safe. Filled at
// start by ServeBuilders().
class LocalInputs {
 public:
  // INVALID_ARGUMENT when `sha256` is no digest. That the file has it is for the caller to know and
  // for the worker to check. A digest again replaces its path.
  absl::Status Add(std::string const& sha256, std::string path) EXCLUDES(mu_);

  // Empty when no file has the digest.
  std::string Find(std::string const& sha256) const EXCLUDES(mu_);

 private:
  mutable Mutex mu_;
  std::map<std::string, std::string> path_by_sha256_ GUARDED_BY(mu_);
};

// /inputs/sha256/<hex>: a local input, with ranges; its etag is the digest. Thread-safe. A worker
// that was interrupted goes on where it stopped. 404 for any other digest: no path of a client ever
// reaches the file system.
class InputPages final : public HttpHandler {
 public:
  // To be added as this route.
  static constexpr char kRoute[] = "/inputs/sha256/";

  // `inputs` must outlive the pages.
  explicit InputPages(LocalInputs const* inputs) : inputs_(inputs) {}
  HttpAnswer Answer(IncomingRequest const& request) override;

 private:
  LocalInputs const* const inputs_;
};

}  // namespace probefarm
