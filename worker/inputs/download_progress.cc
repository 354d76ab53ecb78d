#include "worker/inputs/download_progress.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// 0, or what a request that goes on asks from.
int64_t StartOf(HttpRequest const& request) {
  int64_t start = 0;
  for (auto const& [name, value] : request.headers) {
    absl::string_view range = value;
    if (name == "Range" && absl::ConsumePrefix(&range, "bytes=") &&
        absl::ConsumeSuffix(&range, "-") && absl::SimpleAtoi(range, &start)) {
      return start;
    }
  }
  return 0;
}

}  // namespace

DownloadProgress::DownloadProgress(HttpClient* http, std::string name, int64_t size,
                                   ProgressSink sink)
    : http_(http), name_(std::move(name)), size_(size), sink_(std::move(sink)) {}

absl::StatusOr<HttpResponse> DownloadProgress::Send(HttpRequest const& request) {
  if (!request.sink || !sink_ || size_ <= 0) return http_->Send(request);
  received_ = StartOf(request);
  HttpRequest counted = request;
  counted.sink = [this, &request](absl::string_view bytes) -> absl::Status {
    RETURN_IF_ERROR(request.sink(bytes));
    Add(static_cast<int64_t>(bytes.size()));
    return absl::OkStatus();
  };
  return http_->Send(counted);
}

void DownloadProgress::Add(int64_t bytes) {
  received_ = std::min(received_ + bytes, size_);
  int64_t const percent =
      static_cast<int64_t>(100.0 * static_cast<double>(received_) / static_cast<double>(size_));
  if (percent == shown_percent_) return;
  shown_percent_ = percent;
  sink_(absl::StrCat(name_, " ", percent, " %"));
}

}  // namespace probefarm
