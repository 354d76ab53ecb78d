#pragma once

#include <atomic>
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
struct ExchangeShared {
  HttpRoutes routes;
  HttpWorkers workers;
  Metrics* metrics = nullptr;
  int64_t max_dropped_bytes = 0;
};

// What all requests of one of its loops share.
struct ExchangeContext {
  explicit ExchangeContext(ExchangeShared& shared_in) : shared(shared_in) {}

  ExchangeShared& shared;
  // Another loop has taken its place: connections are to be closed as soon as they can be.
  std::atomic<bool> retired = false;
};

// One request and its answer, as libmicrohttpd's loop meets them:
//
//   Begin ─► TakeBody* ─► End ─► (suspended: a handler's thread makes the answer) ─► End
//
// libmicrohttpd takes an answer before the body or after it, not between: one that comes between
// waits until the rest of the body was dropped. Used by the loop's thread only, save while
// suspended. Every call answers false when the connection is to be closed. Destroyed by
// libmicrohttpd's completion callback, however the request ends; a sink that is not finished cleans
// up then.
class MhdExchange {
 public:
  // Decodes and routes; `raw_path` is the path as it was sent. `context` outlives the server's
  // loop.
  MhdExchange(ExchangeContext& context, MHD_Connection* connection, std::string method,
              absl::string_view raw_path);

  // The head is whole: opens the sink of a PUT. A client that waits for 100 Continue is answered
  // now when there is an answer.
  bool Begin();
  // One piece, for the sink, or to be dropped after an answer: beyond `max_dropped_bytes` the
  // connection is closed.
  bool TakeBody(absl::string_view piece);
  // Sends the answer; where there is none yet, suspends the connection and lets a handler's thread
  // make it. 503 when the server stops.
  bool End();

 private:
  // 400, 404 and 405 are decided here.
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
