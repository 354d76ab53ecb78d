#pragma once

#include "coordinator/releases/directory/directory_host.h"
#include "coordinator/web/http_exchange.h"

namespace probefarm {

// PUT /uploads/<token>: a worker sends an asset by a grant of the directory host. What it answers
// stands in upload_verdict.h. Thread-safe. The token is all that authorises an upload; it is in no
// log and no message. Bytes that are refused early (a used token, a wrong Content-Length) need not
// be sent at all.
class UploadEndpoint final : public HttpHandler {
 public:
  // To be added as this route.
  static constexpr char kRoute[] = "/uploads/";

  // `host` must outlive the endpoint and the server.
  explicit UploadEndpoint(DirectoryHost* host) : host_(host) {}
  // 405: nothing can be read here.
  HttpAnswer Answer(IncomingRequest const& request) override;
  // A sink that writes to the incoming folder as the bytes come, or the verdict.
  BodyReception Receive(IncomingRequest const& request) override;

 private:
  DirectoryHost* const host_;
};

}  // namespace probefarm
