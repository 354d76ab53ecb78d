#include "worker/build/build_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr size_t kTailBytes = 64 << 10;

}  // namespace

BuildLog::BuildLog(int64_t max_bytes, LogSink sink)
    : max_bytes_(max_bytes), sink_(std::move(sink)) {}

void BuildLog::AppendOutput(absl::string_view bytes) {
  KeepTail(bytes);
  int64_t const room = std::max(max_bytes_ - output_bytes_, int64_t{0});
  output_bytes_ += static_cast<int64_t>(bytes.size());
  Send(bytes.substr(0, static_cast<size_t>(room)));
  if (output_bytes_ <= max_bytes_ || std::exchange(cut_, true)) return;
  AppendLine(absl::StrCat("probefarm-worker: output beyond ", max_bytes_,
                          " bytes is left out; the build goes on"));
}

void BuildLog::AppendLine(absl::string_view line) {
  Send(absl::StrCat(at_line_start_ ? "" : "\n", line, "\n"));
}

absl::string_view BuildLog::tail() const {
  absl::string_view const all = tail_;
  return all.substr(all.size() - std::min(all.size(), kTailBytes));
}

void BuildLog::Send(absl::string_view bytes) {
  if (bytes.empty()) return;
  at_line_start_ = absl::EndsWith(bytes, "\n");
  if (sink_) sink_(bytes);
}

void BuildLog::KeepTail(absl::string_view bytes) {
  bytes.remove_prefix(bytes.size() - std::min(bytes.size(), kTailBytes));
  tail_.append(bytes.data(), bytes.size());
  if (tail_.size() > 2 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
}

}  // namespace probefarm
