#pragma once

#include "coordinator/releases/directory/directory_host.h"
#include "coordinator/web/http_exchange.h"

namespace probefarm {

// /releases/download/<tag>/<file>: assets and side files of the directory host, with ranges. The
// tag may hold `/`. Answers 404 for everything that is no such file. Thread-safe. These are the
// URLs that Falco's loaders make of DRIVERS_REPO, driver version, arch and file name: see
// lib/driver/loader_name.h. A `+` and a `%2B` both serve.
class ReleasePages final : public HttpHandler {
 public:
  // To be added as this route.
  static constexpr char kRoute[] = "/releases/download/";

  // `host` must outlive the pages.
  explicit ReleasePages(DirectoryHost const* host) : host_(host) {}
  HttpAnswer Answer(IncomingRequest const& request) override;

 private:
  DirectoryHost const* const host_;
};

}  // namespace probefarm
