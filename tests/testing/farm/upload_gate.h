#pragma once

#include <memory>
#include <string>

#include "lib/http/http_client.h"
#include "lib/runtime/mutex.h"
#include "tests/testing/scripted_http_server.h"

namespace probefarm {

// Stands between workers and a coordinator's HTTP port, and decides how far uploads get: what the
// coordinator's `http.public_url` then names. Downloads are sent on. Thread-safe.
//
//   UploadGate gate(farm.http(), UploadGate::Uploads::kLost);
//   config.more = absl::StrCat("http: {public_url: \"", gate.url(), "\"}\n");
class UploadGate {
 public:
  enum class Uploads {
    kPass,
    kWait,        // before the coordinator sees them, until they may pass
    kLost,        // the coordinator never sees them, nor the worker an answer
    kUnanswered,  // they arrive, but the worker sees no answer
  };

  // `http` is the coordinator's ADDR:PORT.
  UploadGate(std::string http, Uploads uploads);
  // Lets go what waits.
  ~UploadGate();

  UploadGate(UploadGate const&) = delete;
  UploadGate& operator=(UploadGate const&) = delete;

  // Of uploads that come from now on, and of those that wait.
  void Set(Uploads uploads) EXCLUDES(mu_);
  // How many uploads were kept from their end so far.
  int stopped() const EXCLUDES(mu_);
  std::string url() const { return server_.Url(""); }

 private:
  void Answer(ScriptedExchange& exchange);
  void Forward(ScriptedExchange& exchange, bool answer);
  void CountStopped() EXCLUDES(mu_);

  std::string const http_;
  std::unique_ptr<HttpClient> const client_;
  mutable Mutex mu_;
  CondVar changed_;
  Uploads uploads_ GUARDED_BY(mu_);
  int stopped_ GUARDED_BY(mu_) = 0;
  ScriptedHttpServer server_;  // last: it asks the others
};

}  // namespace probefarm
