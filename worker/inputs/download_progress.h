#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/http/http_client.h"

namespace probefarm {

// Takes "linux-headers-… 40 %": for people. Called on the thread of the download; valid during the
// call. Must not block.
using ProgressSink = std::function<void(absl::string_view)>;

// Passes requests on and tells how much of a file of known size has come, each percent once. An
// answer without 2xx counts nothing; each request begins at nothing again, since the next URL sends
// the file from its start. For one download; not thread-safe.
class DownloadProgress final : public HttpClient {
 public:
  // `http` outlives this. `name` begins each text. With a null sink, or a `size` (bytes) that is
  // not known, requests are only passed on.
  DownloadProgress(HttpClient* http, std::string name, int64_t size, ProgressSink sink);

  absl::StatusOr<HttpResponse> Send(HttpRequest const& request) override;

 private:
  void Add(int64_t bytes);

  HttpClient* const http_;
  std::string const name_;
  int64_t const size_;
  ProgressSink const sink_;
  int64_t received_ = 0;        // bytes of the present request's answer
  int64_t shown_percent_ = -1;  // the last one that the sink got
};

}  // namespace probefarm
