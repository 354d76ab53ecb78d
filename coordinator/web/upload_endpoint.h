#pragma once

#include "coordinator/releases/directory/directory_host.h"
#include "coordinator/web/http_exchange.h"

namespace probefarm {

// PUT /uploads/<token>: a worker sends an asset by a grant of the directory host. What it answers
// stands in upload_verdict.h. Thread-safe.
class UploadEndpoint final : public HttpHandler {
 public:
  // To be added as this route.
  static constexpr char kRoute[] = "/uploads/";

  // `host` must outlive the endpoint and the server.
  explicit UploadEndpoint(DirectoryHost* host) : host_(host) {}
  HttpAnswer Answer(IncomingRequest const& request) override;
  BodyReception Receive(IncomingRequest const& request) override;

 private:
  DirectoryHost* const host_;
};

}  // namespace probefarm
