#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "coordinator/web/http_exchange.h"
#include "coordinator/web/http_routes.h"
#include "coordinator/web/http_workers.h"
#include "lib/metrics/metrics.h"

struct MHD_Connection;

namespace probefarm {

// What all requests of a server share.
struct ExchangeContext {
  HttpRoutes routes;
  HttpWorkers workers;
  Metrics* metrics = nullptr;
  int64_t max_dropped_bytes = 0;
};

// One request and its answer, as libmicrohttpd's loop meets them:
//
//   Begin ─► TakeBody* ─► End ─► (suspended: a handler's thread makes the answer) ─► End
//
// libmicrohttpd takes an answer before the body or after it, not between: one that comes between
// waits until the rest of the body was dropped. Used by the loop's thread only, save while
// suspended. Every call answers false when the connection is to be closed.
class MhdExchange {
 public:
  MhdExchange(ExchangeContext& context, MHD_Connection* connection, std::string method,
              absl::string_view raw_path);

  bool Begin();
  bool TakeBody(absl::string_view piece);
  bool End();

 private:
  void Route(absl::string_view raw_path);
  void OpenSink();
  HttpAnswer MakeAnswer();
  bool SendAnswer();

  ExchangeContext& context_;
  MHD_Connection* const connection_;
  IncomingRequest request_;
  std::string route_;
  HttpHandler* handler_ = nullptr;
  std::unique_ptr<RequestBodySink> sink_;
  std::optional<HttpAnswer> answer_;
  int64_t dropped_bytes_ = 0;
};

}  // namespace probefarm
